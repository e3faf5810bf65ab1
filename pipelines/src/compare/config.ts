import { UsageError } from '@oinr/errors';
import * as common from '../config/common.ts';
import { choice, flag, integer, list, number, path, text } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';
import { clusterThreshold, connectivity } from '../ttest/config.ts';
import { checkMaps, mapsOptions } from './mapsOptions.ts';
import { checkMixed, mixedOptions } from './mixed/options.ts';

/** Options that a study passes on to the comparison. */
const options = {
  cohort: common.cohort('The cohort that impute was run on. Default: phantom.', 'phantom'),
  root: path({ value: 'DIR', help: 'Where the full-resolution data are, as given to impute.' }),
  out: common.out,
  run: common.run('Name of the run. Default: default.'),
  groups: list({
    value: 'A B',
    help: 'The two groups to compare, first minus second; \\, is a comma in a name. Default: the groups of the cohort, where they are two.',
  }),
  permutations: integer({
    value: 'N',
    least: 1,
    default: 10_000,
    help: 'Permutations, the same for every data set; all of them where there are no more. Default: 10000.',
  }),
  seed: common.seed('Seed of the permutations. Default: 1.'),
  smooth: number({
    value: 'MM',
    least: 0,
    default: 0,
    help: 'Smooth every volume by a Gaussian of this full width at half maximum before the test, full and imputed alike. Default: 0, no smoothing.',
  }),
  normalise: choice(['mean', 'none'], {
    value: 'HOW',
    help: 'Intensities before the test: mean divides every volume by its own mean inside the analysis mask, full and imputed alike; none leaves them. Default: mean, since the scale of T1 images is arbitrary; none for maps made elsewhere.',
  }),
  mask: path({
    value: 'FILE',
    help: 'Voxels to test (value above 0.5). Default: voxels inside the masks of all subjects.',
  }),
  alpha: number({ value: 'P', above: 0, below: 1, default: 0.05, help: 'Family-wise error. Default: 0.05.' }),
  covariates: list({
    value: 'A B ...',
    default: [],
    help: 'Columns of the participants table that are held constant (Freedman-Lane), such as age, sex and head size: numbers, or texts with two values.',
  }),
  blocks: text({
    value: 'NAME',
    help: 'Column of exchangeability blocks, such as the scanner: labels are exchanged within blocks only.',
  }),
  clusterThreshold: {
    ...clusterThreshold,
    help: 'Clusters are voxels beyond this T, or beyond the T of this one-sided p. Where it is given, clusters whose extent is significant are compared too. Default: p=0.001, for the table of peaks alone.',
  },
  connectivity: {
    ...connectivity,
    help: 'Voxels are neighbours in a cluster by their faces (6), edges too (18) or corners too (26). Default: 18.',
  },
  tfce: flag({
    help: 'Also threshold-free cluster enhancement, exact integral, 6 neighbours: its maps, and how far what it finds agrees.',
  }),
  tfceStep: number({
    value: 'DH',
    above: 0,
    help: 'TFCE in steps of this height instead of exact.',
  }),
  atlas: path({
    value: 'FILE',
    help: 'Label volume in the space of the compared volumes, for the regions of the peaks. Default: in MNI space the nearest of a table of approximate centres, with the distance to it.',
  }),
  atlasNames: path({
    value: 'FILE',
    help: 'Table of its names, columns index and name, as BIDS *_dseg.tsv. Without it regions are numbers.',
  }),
  outside: common.outside,
  ...mixedOptions,
  jobs: common.jobs('Threads of the test. Default: one per core.'),
  force: common.force('Test every data set again.'),
};

/** What can be said to the stage that tests full and imputed data. */
export const compareConfig = stageConfig({
  stage: 'compare',
  options: {
    ...options,
    cohort: common.optionalCohort(
      'The cohort that impute was run on, or the name of the maps of --full. Default: phantom, or maps.',
    ),
    ...mapsOptions,
  },
  check(config) {
    checkTest(config);
    checkMaps(config);
  },
});

export type CompareConfig = ConfigOf<typeof compareConfig>;

/** The comparison as a part of a study, which is always of a cohort. */
export const cohortCompareConfig = stageConfig({ stage: 'compare', options, check: checkTest });

/** @throws UsageError for options of the test that do not fit together. */
function checkTest({
  groups,
  atlas,
  atlasNames,
  ...config
}: Partial<
  Pick<CompareConfig, 'groups' | 'atlas' | 'atlasNames' | 'covariates' | keyof typeof mixedOptions>
>): void {
  checkMixed(config);
  if (groups !== undefined && groups.length !== 2)
    throw new UsageError(
      `--groups needs two different names, such as --groups CN AD, but got ${groups.length}.`,
    );
  if (atlasNames !== undefined && atlas === undefined)
    throw new UsageError('--atlas-names names the regions of --atlas, which is missing.');
}

/** What a comparison does, with what depends on other options filled in. */
export interface ComparePlan extends CompareConfig {
  readonly cohort: string;
  readonly normalise: 'mean' | 'none';
}

export function resolveCompare(config: CompareConfig): ComparePlan {
  const isOfMaps = config.full !== undefined;
  return {
    ...config,
    cohort: config.cohort ?? (isOfMaps ? 'maps' : 'phantom'),
    normalise: config.normalise ?? (isOfMaps ? 'none' : 'mean'),
  };
}
