import type { Subject } from '@oinr/cohort';
import { missingPercent } from '@oinr/slices';
import type { TwoGroupDesign } from '@oinr/statistics';
import type { CellValue } from '@oinr/tables';
import type { CommonSpace } from '../prepare/files.ts';
import type { ImputedScan, SlicePattern } from './slicePattern.ts';

/** The volumes of one comparison: full resolution, or one method at one percentage. */
export interface DataSet {
  /** Letters and digits, for file names: `full`, `linear50`. */
  readonly id: string;
  /** For people: `full data`, `linear, 50 %`. */
  readonly name: string;
  /** `full` for the full data. */
  readonly method: string;
  /** Every k-th slice kept; 1 for the full data; undefined where it is not known. */
  readonly every: number | undefined;
  /** One path per subject of the study, in its order. */
  readonly paths: readonly string[];
  /** What imputed data share with the full data, where that is known. */
  readonly pattern?: SlicePattern;
  /** The scans that the volumes were imputed from, one per subject, where they are known. */
  readonly scans?: readonly ImputedScan[];
  /**
   * Where the volumes come from, when they are not of this run: sidecars name a file by `name` and its path below
   * `folder`, since the folders that lead to it would tell of the machine.
   */
  readonly origin?: { readonly folder: string; readonly name: string };
}

/** People whose scans really have few slices: of them only what was imputed is there. */
export interface ThinPeople {
  readonly subjects: readonly Subject[];
  /** As that of the study. */
  readonly masks: readonly (string | undefined)[];
  /** Paths by the id of an imputed data set, one per subject. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
  /** The design of everybody: the study's subjects first, then these. */
  readonly design: TwoGroupDesign;
}

/** What is compared, and whom. */
export interface Study {
  /** The name of the cohort. */
  readonly cohort: string;
  readonly groups: readonly [string, string];
  readonly subjects: readonly Subject[];
  /** Of the subjects, in their order. */
  readonly design: TwoGroupDesign;
  /** Where scans were registered after imputation: the space that all data sets lie in. */
  readonly space?: CommonSpace;
  /** Folder of the cohort's data: the truth may lie there, in the space in which volumes are compared. */
  readonly root?: string;
  /** The masks of the subjects, on the grid of the data sets; undefined for a subject without one. */
  readonly masks: readonly (string | undefined)[];
  /** Which fold's operator imputed each subject, where every one was imputed by one that had not seen it. */
  readonly folds?: Int32Array;
  /** Who can join the study only imputed; undefined where all have full scans. */
  readonly thin?: ThinPeople;
  /** The full data first. */
  readonly dataSets: readonly DataSet[];
  /** What to do with a volume on another grid, in sentences. */
  readonly advice: string;
  /** Sentences about who or what was left out. */
  readonly remarks: readonly string[];
}

/** The first cells of a data set's row in every table. */
export function aboutDataSet({
  method,
  every,
}: DataSet): Record<'method' | 'missing_percent' | 'k', CellValue> {
  return { method, missing_percent: percentMissing(every), k: every };
}

/** Percentage of slices that are missing; undefined where it is not known. */
export function percentMissing(every: number | undefined): number | undefined {
  return every === undefined ? undefined : every === 1 ? 0 : missingPercent(every);
}
