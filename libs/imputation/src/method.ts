import type { Executor } from '@oinr/graph';
import type { FitKeeper } from '@oinr/inr';
import type { KeptSlices } from '@oinr/slices';
import type { BaseNetwork } from './methods/oinr/baseNetwork.ts';
import type { PriorModel } from './methods/prior/priorModel.ts';
import type { PredictedErrors } from './predictedErrors.ts';
import type { SubjectSession } from './subjectSession.ts';

export type { FitKeeper } from '@oinr/inr';
export type { KeptSlices } from '@oinr/slices';

/** What a method may use besides the kept slices. Nothing here knows the truth. */
export interface MethodContext {
  /** What networks compute on, from `openExecutor` of @oinr/engines. Interpolations do not touch it. */
  readonly executor: Executor;
  /** A whole number from 0 on; every random number of a method follows from it. Equal seeds give equal results. */
  readonly seed: number;
  /** Called now and then with the share done (0 to 1, rising) and, while fitting, the mean loss. Default: nobody is told. */
  readonly onProgress?: (done: number, loss?: number) => void;
  /** Stops the method at the next step or gap; it then throws the signal's reason. Default: it runs to its end. */
  readonly signal?: AbortSignal;
  /**
   * Where a long fit, one of several by its name, is kept while it is in progress, so that it can go on bit for bit; see
   * FitKeeper. Default: an interrupted fit is lost.
   */
  readonly keeper?: (name: string) => FitKeeper | undefined;
  /** Work that methods share on these kept slices, each done once. Default: every method does all of its own. */
  readonly session?: SubjectSession;
  /** A network fitted once per cohort, label-blind (`prepareBase`), from which a fit starts. Default: from random weights. */
  readonly base?: BaseNetwork;
  /** An operator learned across people that this subject was not among. Default: the one that comes with the package. */
  readonly operator?: PriorModel;
}

/** What a method takes from its context besides seed, progress and signal. */
export type Need = 'executor' | 'base' | 'operator';

/** What a method gives back. */
export interface Imputation {
  /**
   * The full grid, x fastest, in the intensities of the kept slices, all finite. Kept slices that are thin samples are
   * bit for bit those given; thick ones are averages, and the slices in their place are estimated like all others.
   */
  readonly data: Float32Array;
  /** Training steps taken on this subject; 0 for interpolation. */
  readonly steps: number;
  /** One-sentence remarks a user should see, such as a guard that fell back to PCHIP. */
  readonly remarks: readonly string[];
  /** Further facts worth a place in the sidecar, such as the network or the final loss. */
  readonly details: Readonly<Record<string, number | string>>;
  /** The errors that were predicted on the way; absent where nothing could be tested. */
  readonly predicted?: PredictedErrors;
  /** The method whose values these are, where a guard or a choice took another than the one asked for. */
  readonly filledBy?: string;
  /** Seconds of work that another method of the session had already done; counted into this one's time. Default: 0. */
  readonly sharedSeconds?: number;
}

/**
 * All that is known of a method, in one record: tables, figures, reports and help texts read it. A further method is a
 * file with such a record and its line in registry.ts.
 */
export interface ImputationMethod {
  /** Lower case with hyphens, as on the command line: `oinr-internal`. */
  readonly name: string;
  /** For people, as the beginning of a sentence: `O-INR`. */
  readonly title: string;
  /** What it does, in one or two sentences that can follow the title and a colon. */
  readonly description: string;
  readonly needs: readonly Need[];
  /** Whether networks compute it, so that its result depends on the seed and the engine. */
  readonly isTrained: boolean;
  /** Whether it predicts its error without truth (`Imputation.predicted`), so that `auto` can weigh it. */
  readonly predicts: boolean;
  /** Where `predicts`: whether it can here. Asked before it is run for its prediction. Default: always. */
  canPredict?(known: KeptSlices, context: MethodContext): Promise<boolean>;
  /** Whether it is left out of what runs by default, with the reason as the end of a sentence. */
  readonly onlyWhenNamed?: string;
  /** Its colour in figures, as `#0072b2`, so that it keeps it from run to run. Default: one that is free. */
  readonly color?: string;
  /**
   * Fills the missing slices. Throws an InputError where the kept slices do not fit their grid or hold NaN, and the
   * signal's reason when it is aborted.
   */
  impute(known: KeptSlices, context: MethodContext): Promise<Imputation>;
}
