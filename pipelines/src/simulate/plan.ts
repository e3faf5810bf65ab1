import type { Subject } from '@oinr/cohort';
import type { ThinScans } from '../thinScans.ts';
import type { generatedBy } from '../toolVersion.ts';
import type { SimulateConfig } from './config.ts';
import type { Errors } from './measure.ts';

/** What a simulation does to every subject, as plain data that every worker process is given once. */
export interface SimulatePlan {
  /** With everything resolved: the methods in the order of tables, and an engine that is there. */
  readonly config: SimulateConfig & { readonly method: readonly string[] };
  readonly cohort: string;
  /** Source paths are named relative to this folder in sidecars. */
  readonly sourceRoot: string;
  /** For sidecars. */
  readonly generatedBy: typeof generatedBy;
  /** Operators learned across people of this cohort, each without one fold; empty: the shipped one serves all. */
  readonly operators: readonly FoldOperator[];
  /** Scans of the cohort that really have few slices; undefined where there are none. */
  readonly thin?: ThinScans;
}

/** An operator learned without one fold of a cohort, as plain data that goes to the worker processes. */
export interface FoldOperator {
  /** The folder of the weights. */
  readonly folder: string;
  /** SHA-256 of the weights. */
  readonly checksum: string;
  readonly fold: number;
  readonly learnedFrom: readonly string[];
  readonly heldOut: readonly string[];
}

/** A network fitted once for the cohort, from which fits start: whose kept slices it was fitted to, and its record. */
export interface CohortBase {
  readonly donor: string;
  readonly fingerprint: string;
}

/** One subject to be imputed by all methods at all k, or to be fitted a base network to. */
export type SubjectTask =
  | { readonly kind: 'base'; readonly subject: Subject }
  | { readonly kind: 'fill'; readonly subject: Subject; readonly methods: readonly string[] }
  | {
      readonly kind: 'impute';
      readonly subject: Subject;
      readonly bases: readonly CohortBase[];
      readonly methods: readonly string[];
    };

/**
 * What is kept of one imputed volume. Errors are in units of the intensity scale; null where there is nothing to count.
 */
export interface ImputedRow extends Errors {
  readonly method: string;
  /** Every k-th slice was kept. */
  readonly every: number;
  /** Wall-clock time of the imputation alone. */
  readonly seconds: number;
  readonly steps: number;
  readonly engine: string;
  /** How intensities were scaled and where the mask came from, in words. */
  readonly scale: string;
  readonly region: string;
  readonly remarks: readonly string[];
  /** What of the scan itself needs a remark; none where absent. */
  readonly scanRemarks?: readonly string[];
  /** The volume's path below the run folder; null with --no-volumes. */
  readonly volume: string | null;
}

/** The name of a kind of work in progress and time estimates. */
export function kindOf(method: string, every: number): string {
  return `${method} ${every}`;
}
