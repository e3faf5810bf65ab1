import type { Measurement, PaperSettings, SignalKind } from './experiment.ts';
import type { ExperimentName } from './experimentNames.ts';

/** What every worker process is given once. */
export interface PaperPlan {
  /** With an engine that is there. */
  readonly settings: PaperSettings;
  /** Only these methods; all where absent. */
  readonly methods?: readonly string[];
}

/** One case of one experiment. */
export interface PaperTask {
  readonly experiment: ExperimentName;
  readonly case: string;
  /** Where a signal of one's own lies; absent for what comes with the program. */
  readonly own?: OwnSignal;
}

export interface OwnSignal {
  readonly kind: SignalKind;
  readonly path: string;
}

/** What is kept of a trial. */
export interface TrialRow {
  readonly experiment: ExperimentName;
  readonly case: string;
  readonly method: string;
  readonly shape: string;
  readonly measurements: readonly Measurement[];
  /** Paths below the run folder. */
  readonly pictures: readonly { readonly label?: string; readonly file: string }[];
  readonly remarks: readonly string[];
}

/** Trials of one kind take about the same time. */
export function kindOf(experiment: ExperimentName, method: string): string {
  return `${experiment} ${method}`;
}
