import type { Subject } from '@oinr/cohort';
import type { BaseNetwork } from '@oinr/imputation';
import type { AnatomicalAxis } from '@oinr/volume';
import type { Acquisition } from './acquisition.ts';
import type { FoldOperator } from './crossFit.ts';

/** What is done to every subject, as plain data that goes to the worker processes. */
export interface ImputePlan {
  readonly cohort: string;
  readonly runFolder: string;
  /** Source paths are named relative to this folder in sidecars. */
  readonly sourceRoot: string;
  readonly axis: AnatomicalAxis;
  /** Index of the first kept slice. */
  readonly offset: number;
  /** What the kept slices measure. */
  readonly acquisition: Acquisition;
  /** Every how many slices one is kept: the k of the paper, increasing. */
  readonly everys: readonly number[];
  readonly methods: readonly string[];
  readonly seed: number;
  /** The engine as it is named to openExecutor. */
  readonly engine: string;
  /** The executor that this engine turned out to be; part of the fingerprint of trained methods. */
  readonly executorName: string;
  /** Intensities are divided by this number; undefined: by their own 99.5th percentile. */
  readonly scale?: number;
  readonly writeVolumes: boolean;
  readonly threads: number;
  /** Version of the code that computes; see codeVersion. */
  readonly code: string;
  readonly generatedBy: string;
  /** Networks fitted once for the cohort, from which fits start; see warmStart. */
  readonly bases: readonly CohortBase[];
  /** Operators learned across people of this cohort, each without one fold; empty: the shipped one serves all. */
  readonly operators: readonly FoldOperator[];
}

/** A base network and whose kept slices it was fitted to. */
export interface CohortBase {
  readonly donor: string;
  readonly network: BaseNetwork;
  readonly fingerprint: string;
}

/** One job: all k and methods of one subject, or the base network from one subject. */
export interface SubjectTask {
  readonly kind: 'impute' | 'base';
  readonly subject: Subject;
  readonly plan: ImputePlan;
}

/** Numbers of one imputed volume. Errors are in units of the intensity scale; null where there is nothing to count. */
export interface UnitResult {
  readonly mse_kept: number | null;
  readonly mse_missing: number | null;
  readonly mse_volume: number | null;
  readonly mse_missing_mask: number | null;
  readonly psnr_missing: number | null;
  readonly ssim_missing: number | null;
  readonly bias_missing_mask: number | null;
  /** Wall-clock time of the imputation alone. */
  readonly seconds: number;
  readonly steps: number;
  readonly engine: string;
  /** How intensities were scaled and where the mask came from, in words. */
  readonly scale: string;
  readonly region: string;
  readonly remarks: readonly string[];
  /** The volume's path below the run folder; null with --no-volumes. */
  readonly volume: string | null;
}

/** A finished piece of work: one method at one k in one subject. */
export interface FinishedUnit {
  readonly every: number;
  readonly method: string;
  readonly result: UnitResult;
  readonly isReused: boolean;
  /** Wall-clock time of the whole unit: imputing, measuring and writing. */
  readonly seconds: number;
}

/** A piece of work that could not be done. Without method and k, the whole subject. */
export interface FailedUnit {
  readonly every?: number;
  readonly method?: string;
  readonly message: string;
  readonly trace: string;
}

/** What a worker tells while it works. */
export type SubjectMessage =
  | { readonly kind: 'started' }
  | {
      readonly kind: 'activity';
      /** What is done, for people: `oinr 66 %`. */
      readonly what: string;
      readonly share?: number;
      readonly loss?: number;
    }
  /** A line for the log. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'finished'; readonly unit: FinishedUnit }
  | { readonly kind: 'failed'; readonly unit: FailedUnit };

/** The name of a kind of work in progress and time estimates. */
export function kindOf(method: string, every: number): string {
  return `${method} ${every}`;
}
