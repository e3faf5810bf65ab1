import { type EngineName, engineNames } from '@oinr/engines';
import { everyFromMissingPercent, keepEvery, missingPercent } from '@oinr/slices';
import type { AnatomicalAxis } from '@oinr/volume';
import { parseOptions, UsageError } from '../options/parse.ts';
import type { OptionSpecifications } from '../options/specification.ts';
import { readWhichRun, recordedWhichData, type WhichRun, whichData } from '../options/whichRun.ts';
import { type Acquisition, type ProfileName, profileNames } from './acquisition.ts';
import { defaultMethods, methodNames } from './methods.ts';

export const imputeOptions = {
  cohort: {
    kind: 'text',
    value: 'NAME|FILE',
    help: 'Which cohort: a description in cohorts/ by its name (phantom, adni, bids, ...) or a YAML file. Default: phantom, which needs no data.',
  },
  root: whichData.root,
  out: whichData.out,
  run: {
    kind: 'text',
    value: 'NAME',
    help: 'Name of the run: results go to OUT/COHORT/NAME. The same name goes on where it was. Default: default.',
  },
  'participant-label': whichData['participant-label'],
  axis: {
    kind: 'text',
    value: 'AXIS',
    choices: ['coronal', 'sagittal', 'axial'],
    help: 'Along which anatomical axis slices are dropped; the stored axis nearest to it is used, and nothing is resampled. Default: coronal.',
  },
  missing: {
    kind: 'integers',
    value: '50 66 ...',
    above: 0,
    help: "Percentages of slices to drop: 50, 66, 75, 80, 82 (the paper's five, k = 2 to 6) and on. Default: 50 66 75.",
  },
  k: { kind: 'integers', value: '2 3 ...', least: 2, help: 'The same by k: every k-th slice is kept.' },
  offset: {
    kind: 'integer',
    value: 'N',
    least: 0,
    help: 'Index of the first kept slice, below k. Default: 0.',
  },
  profile: {
    kind: 'text',
    value: 'NAME',
    choices: profileNames,
    help: 'What a kept slice measures: itself (thin), or the mean over its thickness (box, gauss). Default: thin.',
  },
  'slice-thickness': {
    kind: 'number',
    value: 'MM',
    above: 0,
    help: 'Thickness of the kept slices with --profile box or gauss (its full width at half maximum). Default: their distance.',
  },
  method: {
    kind: 'list',
    value: 'NAME ...',
    choices: methodNames,
    help: 'Methods to impute by. Default: all but oinr-paper, the settings of the paper, which take a GPU.',
  },
  engine: {
    kind: 'text',
    value: 'NAME',
    choices: engineNames,
    help: 'What trained methods compute on. Default: auto, the fastest that is there.',
  },
  jobs: {
    kind: 'integer',
    value: 'N',
    least: 1,
    help: 'Subjects at once, each in a process of its own. Default: one per core, fewer when memory is short; cores left over become threads.',
  },
  seed: { kind: 'integer', value: 'N', least: 0, help: 'Seed of everything random. Default: 1.' },
  scale: {
    kind: 'number',
    value: 'N',
    above: 0,
    help: "Divide intensities by N before errors are taken (255 in the paper). Default: each volume's 99.5th percentile in the mask.",
  },
  'cross-fit': {
    kind: 'text',
    value: 'RUN',
    help: 'Impute every subject by the operator of the fold that it was held out from; `pipeline:train --fold all --run RUN` learns them. Default: the operator that comes with the program, learned from people of OpenNeuro ds002748.',
  },
  'phantom-per-group': {
    kind: 'integer',
    value: 'N',
    least: 1,
    help: 'Subjects in each group of the phantom.',
  },
  'phantom-voxel-size': {
    kind: 'number',
    value: 'MM',
    above: 0,
    help: 'Edge of the voxels of the phantom in mm.',
  },
  'no-volumes': { kind: 'flag', help: 'Write tables only, no imputed volumes.' },
  force: {
    kind: 'flag',
    help: 'Do everything again, also what an earlier run with the same options finished.',
  },
} as const satisfies OptionSpecifications;

/** The options of the stage with all defaults filled in. */
export interface ImputeOptions extends WhichRun {
  readonly participants?: readonly string[];
  readonly axis: AnatomicalAxis;
  readonly everys: readonly number[];
  readonly offset: number;
  readonly acquisition: Acquisition;
  readonly methods: readonly string[];
  readonly engine: EngineName;
  readonly jobs?: number;
  readonly seed: number;
  readonly scale?: number;
  readonly crossFit?: string;
  readonly phantom?: Readonly<Record<string, number>>;
  readonly writeVolumes: boolean;
  readonly force: boolean;
}

/** The resolved options by the names of the command line, for run.json. Folders stay out of it. */
export function recordedOptions(options: ImputeOptions): Record<string, unknown> {
  return {
    ...recordedWhichData(options),
    axis: options.axis,
    missing: options.everys.map(missingPercent),
    k: options.everys,
    offset: options.offset,
    profile: options.acquisition.profile,
    ...(options.acquisition.profile === 'thin'
      ? {}
      : { 'slice-thickness': options.acquisition.thickness ?? 'distance of kept slices' }),
    method: options.methods,
    engine: options.engine,
    jobs: options.jobs ?? 'auto',
    seed: options.seed,
    scale: options.scale ?? '99.5th percentile',
    ...(options.crossFit === undefined ? {} : { 'cross-fit': options.crossFit }),
    ...(options.phantom === undefined ? {} : { phantom: options.phantom }),
    'no-volumes': !options.writeVolumes,
    force: options.force,
  };
}

const defaultPercentages = [50, 66, 75] as const;

/**
 * Reads the stage's command line.
 *
 * @throws UsageError with a sentence about the word that is wrong.
 */
export function readImputeOptions(words: readonly string[]): ImputeOptions {
  const given = parseOptions(words, imputeOptions);
  if (given.missing !== undefined && given.k !== undefined) {
    throw new UsageError('--missing and --k say the same in two ways; give one of them.');
  }
  const everys = (given.k ?? (given.missing ?? defaultPercentages).map(everyOf)).toSorted((a, b) => a - b);
  const offset = given.offset ?? 0;
  for (const every of everys) checkOffset(every, offset);
  const methods = given.method ?? defaultMethods;
  return {
    ...readWhichRun(given, { cohort: 'phantom', run: 'default' }),
    participants: given['participant-label'],
    // The parser has checked both against their choices.
    axis: (given.axis ?? 'coronal') as AnatomicalAxis,
    engine: (given.engine ?? 'auto') as EngineName,
    everys: [...new Set(everys)],
    offset,
    acquisition: acquisitionOf((given.profile ?? 'thin') as ProfileName, given['slice-thickness']),
    methods: methodNames.filter((name) => methods.includes(name)),
    jobs: given.jobs,
    seed: given.seed ?? 1,
    scale: given.scale,
    crossFit: given['cross-fit'],
    phantom: phantomOptions(given['phantom-per-group'], given['phantom-voxel-size']),
    writeVolumes: given['no-volumes'] !== true,
    force: given.force === true,
  };
}

function acquisitionOf(profile: ProfileName, thickness?: number): Acquisition {
  if (thickness === undefined) return { profile };
  if (profile === 'thin')
    throw new UsageError(
      `--slice-thickness ${thickness} needs --profile box or --profile gauss: thin slices measure themselves alone.`,
    );
  return { profile, thickness };
}

function everyOf(percent: number): number {
  try {
    return everyFromMissingPercent(percent);
  } catch (error) {
    throw new UsageError(`--missing ${percent}: ${error instanceof Error ? error.message : error}`);
  }
}

function checkOffset(every: number, offset: number): void {
  try {
    keepEvery({ length: 2 * every + offset, every, offset });
  } catch (error) {
    throw new UsageError(`--offset ${offset}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The options of the phantom that were given, by the names of its description. */
export function phantomOptions(
  perGroup?: number,
  voxelSize?: number,
): Readonly<Record<string, number>> | undefined {
  if (perGroup === undefined && voxelSize === undefined) return undefined;
  return {
    ...(perGroup === undefined ? {} : { perGroup }),
    ...(voxelSize === undefined ? {} : { voxelSize }),
  };
}
