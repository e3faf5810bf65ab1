import { engineNames } from '@oinr/engines';
import { UsageError } from '@oinr/errors';
import { z } from 'zod';
import * as common from '../config/common.ts';
import { choice, custom, integer, number, paths } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';

/** What can be said to the stage that learns an operator across people. */
export const trainConfig = stageConfig({
  stage: 'train',
  options: {
    cohort: common.cohort(
      'The people to learn from: a description in cohorts/ by its name or a YAML file. Default: bids.',
      'bids',
    ),
    root: common.root,
    out: common.out,
    run: common.run(
      'Name of the run: the operator goes to OUT/COHORT/NAME/operator. The same name goes on where it was. Default: prior.',
      'prior',
    ),
    participantLabel: common.participantLabel,
    folds: integer({
      value: 'N',
      least: 1,
      default: 4,
      help: 'The people are dealt into N folds, balanced by group; one fold is held out and measured. 1: nobody is. Default: 4.',
    }),
    fold: custom<number | 'all', { default: number | 'all' }>(
      z.union([z.int().min(1), z.literal('all')]),
      {
        read: (word) => {
          if (word === 'all') return 'all';
          const fold = Number(word);
          if (Number.isSafeInteger(fold) && fold >= 1) return fold;
          throw new UsageError(
            `--fold needs the number of a fold, from 1, or all, but got ${JSON.stringify(word)}.`,
          );
        },
        print: String,
      },
      {
        value: 'N|all',
        default: 1,
        help: 'Which fold is held out, from 1; all: one operator for each, in the runs RUN-fold1, RUN-fold2, ..., for `pipeline:impute --cross-fit RUN`. Default: 1.',
      },
    ),
    elsewhere: paths({
      value: 'FILE ...',
      default: [],
      help: 'Further volumes, never trained on, that the finished operator is measured on.',
    }),
    steps: integer({ value: 'N', least: 1, default: 32_000, help: 'Training steps. Default: 32000.' }),
    learningRate: number({
      value: 'X',
      above: 0,
      default: 1.2e-3,
      help: 'Largest learning rate; it falls to a fortieth of it. Default: 0.0012.',
    }),
    engine: choice(engineNames, {
      value: 'NAME',
      default: 'auto',
      help: 'What the training computes on. Default: auto, the fastest that is there.',
    }),
    threads: integer({ value: 'N', least: 1, default: 1, help: 'Threads on the CPU. Default: 1.' }),
    seed: common.seed(),
    force: common.force('Start anew, also where an earlier run of the same options can go on.'),
  },
  check({ fold, folds }) {
    const isFold = fold === 'all' ? folds > 1 : fold <= folds;
    if (!isFold)
      throw new UsageError(
        `--fold ${fold} does not exist among ${folds} folds; give 1 to ${folds}, or all of two or more.`,
      );
  },
});

export type TrainConfig = ConfigOf<typeof trainConfig>;
