import type { Executor } from '@oinr/graph';
import type { Clip, Image, OccupancyVolume, ReadImage } from '@oinr/signals';
import type { PaperConfig } from './config.ts';
import type { ExperimentName } from './experimentNames.ts';

/** What of the configuration an experiment may depend on. */
export type PaperSettings = Pick<PaperConfig, 'size' | 'recipe' | 'seed' | 'steps' | 'octaves' | 'engine'>;

/** What cases are made of. Signals of one's own take the place of the cases that come with the program. */
export type SignalKind = 'image' | 'video' | 'volume';

/**
 * One experiment of the paper: signals (cases), what is done to each of them (trials), and what is measured. Every trial of
 * every case is a unit of work, and writes rows of the experiment's table.
 */
export interface Experiment {
  readonly name: ExperimentName;
  readonly title: string;
  /** What of the paper it redoes, such as `Table 1, Figs 3 and 11`. */
  readonly redoes: string;
  /** What it does, in a sentence or two, with what is measured. */
  readonly about: string;
  /** What the paper has there, as far as it can be set beside ours: sizes, budgets and numbers, in a sentence or two. */
  readonly published?: string;
  /** Absent: its cases are its own, whatever signals a user gives. */
  readonly takes?: SignalKind;
  readonly cases: readonly string[];
  readonly trials: (settings: PaperSettings) => readonly Trial[];
}

/** What is done to one case: a network fitted, or a trivial baseline. */
export interface Trial {
  /** As in the column `method`. */
  readonly method: string;
  /** About how many seconds it takes at quarter size; 0 for baselines. */
  readonly guess: number;
  /** @throws UserErrors, which become a row of failures; the other trials go on. */
  readonly run: (bench: Bench) => Promise<TrialResult>;
}

/** What a trial has to work with. */
export interface Bench {
  readonly case: string;
  readonly settings: PaperSettings;
  readonly executor: () => Promise<Executor>;
  /** CPU seconds of this process, or those of the wall where the engine is a GPU; from any beginning. */
  readonly clock: () => number;
  /** The image of the case at the size of the run: three colours, (3, height, width). */
  readonly image: () => Promise<ReadImage>;
  /** The frames of the case at the size of the run. */
  readonly clip: () => Promise<Clip>;
  /** The volume of the case at the size of the run. */
  readonly volume: () => Promise<OccupancyVolume>;
  /** A photograph that comes with the program, by its name, as it is. */
  readonly photograph: (name: string) => Promise<ReadImage>;
  readonly signal: AbortSignal;
  /** Share done, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** A row of the experiment's table; what is not given stands there as n/a, and the method as that of the trial. */
export interface Measurement {
  /** Where a trial measures more than one. */
  readonly method?: string;
  readonly recipe?: string;
  /** Trained values; for a baseline the values that it keeps. */
  readonly parameters?: number;
  readonly octaves?: number;
  readonly learningRate?: number;
  readonly step?: number;
  readonly seconds?: number;
  /** Such as `psnr_db`, `iou`, `correlation`. */
  readonly metric: string;
  readonly value: number;
}

/** Something to be seen of a trial. */
export interface Picture {
  /** What it shows, where a trial has several: lower-case words joined by hyphens. */
  readonly label?: string;
  readonly image: Image;
}

export interface TrialResult {
  readonly measurements: readonly Measurement[];
  /** The size of what was fitted, such as `100x150`. */
  readonly shape: string;
  readonly pictures?: readonly Picture[];
  /** Sentences for the user. */
  readonly remarks?: readonly string[];
}
