import { userPath } from '../folders.ts';
import { parseOptions, UsageError } from '../options/parse.ts';
import type { OptionSpecifications } from '../options/specification.ts';
import { readWhichRun, type WhichRun, whichData } from '../options/whichRun.ts';

export const compareOptions = {
  cohort: {
    kind: 'text',
    value: 'NAME|FILE',
    help: 'The cohort that impute was run on. Default: phantom.',
  },
  root: { kind: 'text', value: 'DIR', help: 'Where the full-resolution data are, as given to impute.' },
  out: whichData.out,
  run: { kind: 'text', value: 'NAME', help: 'Name of the run. Default: default.' },
  groups: {
    kind: 'list',
    value: 'A B',
    help: 'The two groups to compare, first minus second. Default: the groups of the cohort, where they are two.',
  },
  permutations: {
    kind: 'integer',
    value: 'N',
    least: 1,
    help: 'Relabelings, the same for every data set; all of them where there are no more. Default: 10000.',
  },
  seed: { kind: 'integer', value: 'N', least: 0, help: 'Seed of the relabelings. Default: 1.' },
  smooth: {
    kind: 'number',
    value: 'MM',
    least: 0,
    help: 'Smooth every volume by a Gaussian of this full width at half maximum before the test, full and imputed alike. Default: 0, no smoothing.',
  },
  normalise: {
    kind: 'text',
    value: 'HOW',
    choices: ['mean', 'none'],
    help: 'Intensities before the test: mean divides every volume by its own mean inside the analysis mask, full and imputed alike; none leaves them. Default: mean, since the scale of T1 images is arbitrary.',
  },
  mask: {
    kind: 'text',
    value: 'FILE',
    help: 'Voxels to test (value above 0.5). Default: voxels inside the masks of all subjects.',
  },
  alpha: {
    kind: 'number',
    value: 'P',
    above: 0,
    help: 'Family-wise error. Default: 0.05.',
  },
  jobs: { kind: 'integer', value: 'N', least: 1, help: 'Threads of the test. Default: one per core.' },
  force: { kind: 'flag', help: 'Test every data set again.' },
} as const satisfies OptionSpecifications;

export type Normalisation = 'mean' | 'none';

/** The options of the stage with all defaults filled in. */
export interface CompareOptions extends WhichRun {
  readonly groups?: readonly [string, string];
  readonly permutations: number;
  readonly seed: number;
  /** mm */
  readonly smooth: number;
  readonly normalise: Normalisation;
  readonly mask?: string;
  readonly alpha: number;
  readonly jobs?: number;
  readonly force: boolean;
}

/** Reads the stage's command line. @throws UsageError with a sentence about the word that is wrong. */
export function readCompareOptions(words: readonly string[]): CompareOptions {
  const given = parseOptions(words, compareOptions);
  const { groups } = given;
  if (groups !== undefined && groups.length !== 2) {
    throw new UsageError(
      `--groups needs two different names, such as --groups CN AD, but got ${groups.length}.`,
    );
  }
  const alpha = given.alpha ?? 0.05;
  if (alpha >= 1) throw new UsageError(`--alpha lies between 0 and 1, but got ${alpha}.`);
  return {
    ...readWhichRun(given, { cohort: 'phantom', run: 'default' }),
    groups: groups === undefined ? undefined : [groups[0], groups[1]],
    permutations: given.permutations ?? 10_000,
    seed: given.seed ?? 1,
    smooth: given.smooth ?? 0,
    // The parser has checked it against its choices.
    normalise: (given.normalise ?? 'mean') as Normalisation,
    mask: given.mask === undefined ? undefined : userPath(given.mask),
    alpha,
    jobs: given.jobs,
    force: given.force === true,
  };
}

/** The resolved options by the names of the command line, for run.json. Folders stay out of it. */
export function recordedCompareOptions(options: CompareOptions): Record<string, unknown> {
  return {
    cohort: options.cohort.split(/[/\\]/).at(-1),
    run: options.run,
    groups: options.groups ?? 'those of the cohort',
    permutations: options.permutations,
    seed: options.seed,
    smooth: options.smooth,
    normalise: options.normalise,
    mask: options.mask === undefined ? 'masks of all subjects' : 'given, not recorded',
    alpha: options.alpha,
    jobs: options.jobs ?? 'auto',
    force: options.force,
  };
}
