import { type EngineName, engineNames } from '@oinr/engines';
import { userPath } from '../folders.ts';
import { parseOptions, UsageError } from '../options/parse.ts';
import type { OptionSpecifications } from '../options/specification.ts';
import { readWhichRun, recordedWhichData, type WhichRun, whichData } from '../options/whichRun.ts';

export const trainOptions = {
  cohort: {
    kind: 'text',
    value: 'NAME|FILE',
    help: 'The people to learn from: a description in cohorts/ by its name or a YAML file. Default: bids.',
  },
  root: whichData.root,
  out: whichData.out,
  run: {
    kind: 'text',
    value: 'NAME',
    help: 'Name of the run: the operator goes to OUT/COHORT/NAME/operator. The same name goes on where it was. Default: prior.',
  },
  'participant-label': whichData['participant-label'],
  folds: {
    kind: 'integer',
    value: 'N',
    least: 1,
    help: 'The people are dealt into N folds, balanced by group; one fold is held out and measured. 1: nobody is. Default: 4.',
  },
  fold: {
    kind: 'text',
    value: 'N|all',
    help: 'Which fold is held out, from 1; all: one operator for each, in the runs RUN-fold1, RUN-fold2, ..., for `pipeline:impute --cross-fit RUN`. Default: 1.',
  },
  elsewhere: {
    kind: 'list',
    value: 'FILE ...',
    help: 'Further volumes, never trained on, that the finished operator is measured on.',
  },
  steps: { kind: 'integer', value: 'N', least: 1, help: 'Training steps. Default: 32000.' },
  'learning-rate': {
    kind: 'number',
    value: 'X',
    above: 0,
    help: 'Largest learning rate; it falls to a fortieth of it. Default: 0.0012.',
  },
  engine: {
    kind: 'text',
    value: 'NAME',
    choices: engineNames,
    help: 'What the training computes on. Default: auto, the fastest that is there.',
  },
  threads: { kind: 'integer', value: 'N', least: 1, help: 'Threads on the CPU. Default: 1.' },
  seed: { kind: 'integer', value: 'N', least: 0, help: 'Seed of everything random. Default: 1.' },
  force: { kind: 'flag', help: 'Start anew, also where an earlier run of the same options can go on.' },
} as const satisfies OptionSpecifications;

/** The options of the stage with all defaults filled in. */
export interface TrainOptions extends WhichRun {
  readonly participants?: readonly string[];
  readonly folds: number;
  /** Several where all folds are trained one after the other. */
  readonly fold: number | 'all';
  readonly elsewhere: readonly string[];
  readonly steps: number;
  readonly learningRate: number;
  readonly engine: EngineName;
  readonly threads: number;
  readonly seed: number;
  readonly force: boolean;
}

/**
 * Reads the stage's command line.
 *
 * @throws UsageError with a sentence about the word that is wrong.
 */
export function readTrainOptions(words: readonly string[]): TrainOptions {
  const given = parseOptions(words, trainOptions);
  const folds = given.folds ?? 4;
  const fold = given.fold === 'all' ? 'all' : Number(given.fold ?? 1);
  const isFold = fold === 'all' ? folds > 1 : Number.isInteger(fold) && fold >= 1 && fold <= folds;
  if (!isFold)
    throw new UsageError(
      `--fold ${given.fold} does not exist among ${folds} folds; give 1 to ${folds}, or all of two or more.`,
    );
  return {
    ...readWhichRun(given, { cohort: 'bids', run: 'prior' }),
    participants: given['participant-label'],
    folds,
    fold,
    elsewhere: (given.elsewhere ?? []).map(userPath),
    steps: given.steps ?? 32_000,
    learningRate: given['learning-rate'] ?? 1.2e-3,
    engine: (given.engine ?? 'auto') as EngineName,
    threads: given.threads ?? 1,
    seed: given.seed ?? 1,
    force: given.force === true,
  };
}

/** The resolved options by the names of the command line, for run.json. Folders stay out of it. */
export function recordedOptions(options: TrainOptions): Record<string, unknown> {
  return {
    ...recordedWhichData(options),
    folds: options.folds,
    fold: options.fold,
    elsewhere: options.elsewhere.length,
    steps: options.steps,
    'learning-rate': options.learningRate,
    engine: options.engine,
    threads: options.threads,
    seed: options.seed,
  };
}
