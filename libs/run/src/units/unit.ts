import type { Fingerprinted } from '../fingerprint.ts';

/**
 * One piece of a stage's work: what it is called, what its result depends on, and how it is done. It is done once for
 * the same inputs and code; a run that was stopped goes on behind its last finished unit.
 */
export interface Unit<Row> {
  /** Where its record lies in the run folder, such as `['01', 'linear-k3']`. */
  readonly name: readonly string[];
  /** Units of one kind take about the same time. */
  readonly kind: string;
  /** What is done, for people: `oinr 66 %`. */
  readonly what: string;
  /**
   * Everything beside the code that its result depends on: hashes of files, options. Asked for when its turn has come,
   * so that it may name what an earlier unit of the task has written.
   */
  inputs(): Fingerprinted | Promise<Fingerprinted>;
  /** Does the work: the row that is kept of it, and the paths of the files that it has written, whole. */
  run(job: UnitJob): Promise<UnitOutcome<Row>>;
  /** Whether what an earlier run has kept is all that is wanted now. Default: it is. */
  isEnough?(row: Row): boolean;
  /** Without it the units after it cannot be done: where it fails, the task has failed. */
  readonly isNeeded?: true;
}

export interface UnitOutcome<Row> {
  readonly row: Row;
  readonly outputs: readonly string[];
}

/** What a unit has while it runs. */
export interface UnitJob {
  /** SHA-256 of the unit's inputs and code: the name of whatever it keeps on its way. */
  readonly fingerprint: string;
  /** Aborted when the run is to be stopped. */
  readonly signal: AbortSignal;
  /** Share done, 0 to 1, and the loss of a fit. */
  readonly onProgress: (share: number, loss?: number) => void;
  /** Writes a line into the log of the run. */
  readonly note: (text: string) => void;
  /**
   * Writes results that belong together, such as a volume and its sidecar, and returns their paths. Where earlier ones
   * are in their places, they stay there until the stage has ended.
   *
   * @param results their places in the run folder, all in one folder; the last one is the sign that all are there.
   * @param write gets the paths to write to, in the same order.
   * @throws ForeignFileError where a file is in the way that no run has written; FileWriteError.
   */
  readonly write: (
    results: readonly string[],
    write: (staged: readonly string[]) => Promise<void>,
  ) => Promise<readonly string[]>;
}

/** The units of a task, in the order in which they are done, and what is tidied up when all are done. */
export interface TaskUnits<Row> {
  readonly units: readonly Unit<Row>[];
  onDone?(): Promise<void>;
}

/** A unit that is done, now or in an earlier run. */
export interface FinishedUnit<Row> {
  readonly name: readonly string[];
  readonly kind: string;
  /** Of its inputs and code; its record is found by it. */
  readonly fingerprint: string;
  readonly row: Row;
  /** Paths of what it has written. */
  readonly outputs: readonly string[];
  readonly isReused: boolean;
  /** Wall-clock time; 0 where it was done earlier. */
  readonly seconds: number;
}

/** A unit that could not be done, or, without a name, a whole task. */
export interface FailedUnit {
  readonly name?: readonly string[];
  readonly kind?: string;
  readonly message: string;
  /** Where in the code, for the log; empty where the message says all. */
  readonly trace: string;
}

/** What a worker says while it does a task. */
export type UnitMessage<Row> =
  | { readonly kind: 'activity'; readonly what: string; readonly share?: number; readonly loss?: number }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'finished'; readonly unit: FinishedUnit<Row> }
  | { readonly kind: 'failed'; readonly unit: FailedUnit };

/** What every worker is given once: the stage's plan, and where and by which code units are recorded. */
export interface WorkerSetup<Plan> {
  readonly plan: Plan;
  /** The folder below which all outputs lie. */
  readonly folder: string;
  /** Where the records of finished units lie. */
  readonly records: string;
  /** See codeVersion. */
  readonly code: string;
  /** Threads that one worker may use. */
  readonly threads: number;
}
