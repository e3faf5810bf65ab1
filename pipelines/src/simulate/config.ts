import { engineNames } from '@oinr/engines';
import { errorMessage, UsageError } from '@oinr/errors';
import { everyFromMissingPercent, keepEvery } from '@oinr/slices';
import { z } from 'zod';
import * as common from '../config/common.ts';
import { choice, custom, flag, integer, integers, list, number, numbers, text } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';
import { profileNames } from './acquisition.ts';
import type { Offset } from './firstKept.ts';
import { methodNames, onlyWhenNamed } from './methods.ts';

/** The anatomical axes by which slices are named. */
export const axisNames = ['coronal', 'sagittal', 'axial'] as const;

/** Every how many slices one is kept, where nobody says so. */
const defaultK: readonly number[] = [2, 3, 4];

const offsetSchema = z.union([z.int().min(0), z.literal('random')]) as unknown as z.ZodType<Offset>;

function readOffset(word: string, name: string): Offset {
  if (word === 'random') return word;
  const digits = integer({ least: 0, help: '' });
  try {
    return digits.read([word], name) as number;
  } catch {
    throw new UsageError(
      `--${name} needs a whole number of at least 0, or random, but got ${JSON.stringify(word)}.`,
    );
  }
}

/**
 * What can be said to the simulation: slices of full-resolution volumes are dropped, imputed by every method, and
 * compared with the truth. It is started as `impute`, the name that it has in the paper's command line.
 */
export const simulateConfig = stageConfig({
  stage: 'impute',
  options: {
    cohort: common.cohort(
      'Which cohort: a description in cohorts/ by its name (phantom, adni, bids, ...) or a YAML file. Default: phantom, which needs no data.',
      'phantom',
    ),
    root: common.root,
    out: common.out,
    run: common.run(
      'Name of the run: results go to OUT/COHORT/NAME. The same name goes on where it was. Default: default.',
    ),
    participantLabel: common.participantLabel,
    axis: choice(axisNames, {
      value: 'AXIS',
      default: 'coronal',
      help: 'Along which anatomical axis slices are dropped; the stored axis nearest to it is used, and nothing is resampled. Default: coronal.',
    }),
    k: {
      ...integers({
        value: '2 3 ...',
        least: 2,
        default: defaultK,
        help: 'The same by k: every k-th slice is kept.',
      }),
      alsoAs: {
        name: 'missing',
        option: integers({
          value: '50 66 ...',
          above: 0,
          help: "Percentages of slices to drop: 50, 66, 75, 80, 82 (the paper's five, k = 2 to 6) and on. Default: 50 66 75.",
        }),
        toValue: (percentages: readonly number[]) => [...new Set(percentages.map(everyOf))],
      },
    },
    sliceDistance: numbers({
      value: 'MM ...',
      above: 0,
      help: "The same by the distance of kept slices in mm: the k that comes nearest on each scan's own grid. Where that is not the distance asked for, a sentence says so; where scans would need different k, nothing is done.",
    }),
    offset: custom(
      offsetSchema,
      { read: readOffset, print: String },
      {
        value: 'N',
        default: 0,
        help: 'Index of the first kept slice, below k, the same in everybody; or random: drawn for each subject and k by --seed, so that gaps do not lie at the same place in all. Default: 0.',
      },
    ),
    profile: choice(profileNames, {
      value: 'NAME',
      default: 'thin',
      help: 'Slice profile: thin (point sample) or averaged over the slice thickness (box, gauss). Default: thin.',
    }),
    sliceThickness: number({
      value: 'MM',
      above: 0,
      help: 'Thickness of the kept slices with --profile box or gauss (its full width at half maximum). Default: their distance.',
    }),
    method: list({
      value: 'NAME ...',
      choices: methodNames,
      help: `Methods to impute by. Default: all but ${onlyWhenNamed}; of the phantom, without --whole, those that matter most.`,
    }),
    engine: choice(engineNames, {
      value: 'NAME',
      default: 'auto',
      help: 'What trained methods compute on. Default: auto, the fastest that is there.',
    }),
    shard: common.shard,
    jobs: common.jobs(
      'Number of subjects processed in parallel. Default: one per core, fewer when memory is short; cores left over become threads.',
    ),
    seed: common.seed(),
    scale: number({
      value: 'N',
      above: 0,
      help: "Divide intensities by N before errors are taken (255 in the paper). Default: each volume's 99.5th percentile in the mask.",
    }),
    crossFit: text({
      value: 'RUN',
      help: 'Impute every subject by the operator of the fold that it was held out from; `pipeline:train --fold all --run RUN` trains them. Default: the operator that comes with the program, trained on people of OpenNeuro ds002748.',
    }),
    whole: flag({
      help: 'Of the phantom all 20 people and all methods, as in the published tables: about 11 minutes on two cores. Default: six people and the methods that matter most, in 3 minutes.',
    }),
    phantomPerGroup: common.phantomPerGroup,
    phantomVoxelSize: common.phantomVoxelSize,
    resolutionColumn: common.resolutionColumn,
    noVolumes: flag({ help: 'Write tables only, no imputed volumes.', changesNothing: true }),
    force: common.force('Do everything again, also what an earlier run with the same options finished.'),
  },
  check({ k, sliceDistance, offset, profile, sliceThickness, resolutionColumn, crossFit }) {
    if (sliceDistance !== undefined && JSON.stringify(k) !== JSON.stringify(defaultK))
      throw new UsageError(
        '--slice-distance says in mm what --k and --missing say in slices; give one of them.',
      );
    if (sliceDistance !== undefined && resolutionColumn !== undefined)
      throw new UsageError(
        '--resolution-column thins full scans like those that have few slices, so --slice-distance has nothing to say; leave out one of the two.',
      );
    if (resolutionColumn !== undefined && crossFit !== undefined)
      throw new UsageError(
        '--cross-fit imputes people by operators that have not seen them, and scans with few slices (--resolution-column) are in no fold; leave out one of the two.',
      );
    for (const every of k) {
      if (offset === 'random') break;
      try {
        keepEvery({ length: 2 * every + offset, every, offset });
      } catch (error) {
        throw new UsageError(`--offset ${offset}: ${errorMessage(error)}`);
      }
    }
    if (sliceThickness !== undefined && profile === 'thin')
      throw new UsageError(
        `--slice-thickness ${sliceThickness} needs --profile box or --profile gauss: thin slices are point samples.`,
      );
  },
});

export type SimulateConfig = ConfigOf<typeof simulateConfig>;

function everyOf(percent: number): number {
  try {
    return everyFromMissingPercent(percent);
  } catch (error) {
    throw new UsageError(`--missing ${percent}: ${errorMessage(error)}`);
  }
}
