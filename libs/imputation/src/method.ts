import type { Executor } from '@oinr/graph';
import type { FitKeeper } from '@oinr/inr';
import type { KeptSlices } from '@oinr/slices';
import type { BaseNetwork } from './baseNetwork.ts';
import type { PriorModel } from './prior/priorModel.ts';

export type { FitKeeper } from '@oinr/inr';
export type { KeptSlices } from '@oinr/slices';

/** What a method may use besides the data. Nothing here knows the truth. */
export interface MethodContext {
  readonly executor: Executor;
  readonly seed: number;
  /** Called now and then with the share done (0 to 1) and, while fitting, the current loss. */
  readonly onProgress?: (done: number, loss?: number) => void;
  readonly signal?: AbortSignal;
  /** Where a long fit, one of several by its name, is kept while it is in progress; see FitKeeper. */
  readonly keeper?: (name: string) => FitKeeper | undefined;
  /** A network fitted once per cohort, label-blind (`prepareBase`), from which a fit starts. */
  readonly base?: BaseNetwork;
  /** An operator learned across people that this subject was not among; the shipped one where absent. */
  readonly operator?: PriorModel;
}

/**
 * The filled volume: `data` covers the full grid, x fastest. Kept slices that are thin samples are bit for bit those
 * given; thick ones are averages, and the slices in their place are estimated like all others.
 */
export interface Imputation {
  readonly data: Float32Array;
  /** Training steps taken on this subject; 0 for interpolation. */
  readonly steps: number;
  /** One-sentence remarks a user should see, such as a guard that fell back to PCHIP. */
  readonly remarks: readonly string[];
  /** Further numbers worth a place in the sidecar (final loss, predicted errors). */
  readonly details: Readonly<Record<string, number | string>>;
  /** Seconds of a fit that another method had already done on the same kept slices; counted into this one's time. */
  readonly sharedSeconds?: number;
}

export interface ImputationMethod {
  readonly name: string;
  /**
   * Fills the missing slices. Throws a RangeError where the kept slices do not fit their grid or hold NaN, and the
   * signal's reason when it is aborted.
   */
  impute(known: KeptSlices, context: MethodContext): Promise<Imputation>;
}
