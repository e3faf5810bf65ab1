import { engineNames } from '@oinr/engines';
import { UsageError } from '@oinr/errors';
import { priorTrainingDefaults } from '@oinr/imputation';
import type { AnatomicalAxis } from '@oinr/volume';
import { z } from 'zod';
import * as common from '../config/common.ts';
import { choice, custom, integer, list, number, path, paths } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';

/** With seven sines the network spans every pattern of seven missing slices. */
const largestGap = priorTrainingDefaults.network.phases + 1;

/** One network: the gaps that it is trained on, along one axis or all. A gap that stands twice is drawn twice as often. */
interface ExpertPlan {
  readonly axis?: AnatomicalAxis;
  readonly gaps: readonly number[];
}

const expertPlans: z.ZodType<readonly ExpertPlan[]> = z
  .array(
    z.object({
      axis: z.enum(['sagittal', 'coronal', 'axial']).optional(),
      gaps: z.array(z.int().min(2).max(largestGap)).min(1).readonly(),
    }),
  )
  .min(1)
  .readonly();

/** `coronal:2,3/4,5,6,8`: the axis, where it is one, and the gaps of each network. */
const expertsCodec = {
  read(word: string, name: string): readonly ExpertPlan[] {
    const experts = word.split('/').map((part) => {
      const [, axis, gaps] = /^(?:(\w+):)?([\d,]+)$/.exec(part) ?? [];
      return { ...(axis !== undefined && { axis }), gaps: gaps?.split(',').map(Number) };
    });
    const { success, data } = expertPlans.safeParse(experts);
    if (success) return data;
    throw new UsageError(
      `--${name} needs for each network the gaps that it is trained on, whole numbers from 2 to ${largestGap} joined by ` +
        `commas, an axis and a colon before them where it is trained on one axis alone, and a slash between networks, such as ` +
        `2,3/4,5,6,8 or coronal:2,3/2,3, but got ${JSON.stringify(word)}.`,
    );
  },
  print: (experts: readonly ExpertPlan[]): string =>
    experts.map(({ axis, gaps }) => `${axis === undefined ? '' : `${axis}:`}${gaps.join(',')}`).join('/'),
};

const operatorPath = path({
  value: 'DIR|shipped',
  help: 'Begin with the networks of this operator (a folder that pipeline:train has written) or of the one that comes with the program, and train them on for these people. It has as many networks as --experts, as wide as --width. Default: random weights.',
});
/** A folder, or the word `shipped`. */
const startFrom: typeof operatorPath = {
  ...operatorPath,
  read: (words, name) =>
    words.length === 1 && words[0] === 'shipped' ? 'shipped' : operatorPath.read(words, name),
};

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
    heldOut: list({
      value: '01 02 ...',
      help: 'Hold out exactly these people instead of a fold.',
    }),
    experts: custom<readonly ExpertPlan[], { default: readonly ExpertPlan[] }>(expertPlans, expertsCodec, {
      value: '[AXIS:]K,K/K,K',
      default: [{ gaps: [2, 3] }, { gaps: [4, 5, 6, 8] }],
      help: 'The networks of the operator: for each the gaps that it is trained on, as the distance of kept slices in slices, and before them, where it is trained on one axis alone, that axis and a colon (coronal:2,3). Networks are parted by a slash; those of an axis go before those of all. Default: 2,3/4,5,6,8.',
    }),
    only: integer({
      value: 'N',
      least: 1,
      help: 'Learn the N-th network alone, so that several machines or processes can share the work: each in a run of its own, whose checkpoint/expertN.safetensors is then put beside the others, where the same command without --only makes the operator. Default: all.',
    }),
    width: integer({
      value: 'N',
      least: 8,
      default: priorTrainingDefaults.network.width,
      help: `Channels of the networks. Default: ${priorTrainingDefaults.network.width}.`,
    }),
    startFrom,
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
  check({ fold, folds, experts, only, heldOut }) {
    if (only !== undefined && only > experts.length)
      throw new UsageError(
        `--only ${only} does not exist among the ${experts.length} networks of --experts; give 1 to ${experts.length}.`,
      );
    if (heldOut !== undefined && fold === 'all')
      throw new UsageError(
        '--held-out names the people of one operator, and --fold all trains one for every fold; leave out one of the two.',
      );
    const isFold = fold === 'all' ? folds > 1 : fold <= folds;
    if (!isFold)
      throw new UsageError(
        `--fold ${fold} does not exist among ${folds} folds; give 1 to ${folds}, or all of two or more.`,
      );
  },
});

export type TrainConfig = ConfigOf<typeof trainConfig>;
