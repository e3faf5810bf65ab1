import { userPath } from '../folders.ts';
import { imputeOptions, phantomOptions } from '../impute/options.ts';
import { parseOptions } from '../options/parse.ts';
import type { OptionSpecifications } from '../options/specification.ts';
import { readWhichRun, recordedWhichData, type WhichRun, whichData } from '../options/whichRun.ts';
import type { IntensityRule } from './scan/intensity.ts';

export const prepareOptions = {
  cohort: imputeOptions.cohort,
  ...whichData,
  run: imputeOptions.run,
  template: {
    kind: 'text',
    value: 'FILE',
    help: 'The image that scans are registered to, in whose space the study is done. Default: the Colin27 brain of this repository (MNI space).',
  },
  'template-mask': {
    kind: 'text',
    value: 'FILE',
    help: 'Where the brain is in the template (value above 0.5). Default: voxels of the template above 0.',
  },
  spacing: {
    kind: 'number',
    value: 'MM',
    above: 0,
    help: 'Edge of the voxels in the common space in mm. Default: 2.',
  },
  register: {
    kind: 'text',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'auto takes images that all lie on one grid already (from fMRIPrep, CAT12, SPM) as they are and registers others; always registers all the same; never takes all as they are. Default: auto.',
  },
  shows: {
    kind: 'text',
    value: 'WHAT',
    choices: ['auto', 'brain', 'head'],
    help: 'What the scans show: a brain alone or a whole head. Default: auto, by the size of what is not dark (2.2 litres).',
  },
  nonlinear: {
    kind: 'flag',
    help: 'Refine the 12-parameter affine by a B-spline with control points 20 mm apart.',
  },
  intensity: {
    kind: 'text',
    value: 'HOW',
    choices: ['percentile', 'white-matter', 'none'],
    help: 'Intensities in the common space, full and imputed alike: divided by the 99.5th percentile inside the brain mask, by the white-matter peak of its histogram, or left. Default: percentile.',
  },
  jobs: imputeOptions.jobs,
  'phantom-per-group': imputeOptions['phantom-per-group'],
  'phantom-voxel-size': imputeOptions['phantom-voxel-size'],
  force: imputeOptions.force,
} as const satisfies OptionSpecifications;

/** The options of the stage with all defaults filled in. */
export interface PrepareOptions extends WhichRun {
  readonly participants?: readonly string[];
  readonly template?: string;
  readonly templateMask?: string;
  /** mm */
  readonly spacing: number;
  readonly register: 'auto' | 'always' | 'never';
  readonly shows?: 'brain' | 'head';
  readonly isNonlinear: boolean;
  readonly intensity: IntensityRule;
  readonly jobs?: number;
  readonly phantom?: Readonly<Record<string, number>>;
  readonly force: boolean;
}

/** Reads the stage's command line. @throws UsageError with a sentence about the word that is wrong. */
export function readPrepareOptions(words: readonly string[]): PrepareOptions {
  const given = parseOptions(words, prepareOptions);
  const isHeadOrBrain = given.shows === 'brain' || given.shows === 'head';
  return {
    ...readWhichRun(given, { cohort: 'phantom', run: 'default' }),
    participants: given['participant-label'],
    template: given.template === undefined ? undefined : userPath(given.template),
    templateMask: given['template-mask'] === undefined ? undefined : userPath(given['template-mask']),
    spacing: given.spacing ?? 2,
    // The parser has checked these against their choices.
    register: (given.register ?? 'auto') as PrepareOptions['register'],
    shows: isHeadOrBrain ? (given.shows as 'brain' | 'head') : undefined,
    isNonlinear: given.nonlinear === true,
    intensity: (given.intensity ?? 'percentile') as IntensityRule,
    jobs: given.jobs,
    phantom: phantomOptions(given['phantom-per-group'], given['phantom-voxel-size']),
    force: given.force === true,
  };
}

/** The resolved options by the names of the command line, for run.json. Folders stay out of it. */
export function recordedPrepareOptions(options: PrepareOptions): Record<string, unknown> {
  const isGiven = (path: string | undefined, otherwise: string): string =>
    path === undefined ? otherwise : 'given, not recorded';
  return {
    ...recordedWhichData(options),
    template: isGiven(options.template, 'Colin27 brain'),
    'template-mask': isGiven(options.templateMask, 'voxels above 0'),
    spacing: options.spacing,
    register: options.register,
    shows: options.shows ?? 'auto',
    nonlinear: options.isNonlinear,
    intensity: options.intensity,
    jobs: options.jobs ?? 'auto',
    ...(options.phantom === undefined ? {} : { phantom: options.phantom }),
    force: options.force,
  };
}
