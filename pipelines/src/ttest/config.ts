import { UsageError } from '@oinr/errors';
import { type ClusterThreshold, parseClusterThreshold } from '@oinr/ttest';
import { z } from 'zod';
import * as common from '../config/common.ts';
import { choice, custom, flag, integer, list, number, path, text } from '../config/option.ts';
import { type ConfigOf, stageConfig } from '../config/stageConfig.ts';

/** `T=3.1` or `p=0.001`: a bare number is refused, since 0.001 could be meant as either. */
export const clusterThreshold = custom<ClusterThreshold, object>(
  z.strictObject({ kind: z.enum(['T', 'p']), value: z.number() }),
  { read: parseClusterThreshold, print: ({ kind, value }) => `${kind}=${value}` },
  {
    value: 'T=3.1|p=0.001',
    help: 'Clusters of voxels beyond a T, or beyond the T of a one-sided p: extent and mass.',
  },
);

/** How many neighbours a voxel of a cluster has. */
export const connectivity = custom<6 | 18 | 26, { default: 18 }>(
  z.union([z.literal(6), z.literal(18), z.literal(26)]),
  {
    read(word, name) {
      const found = ([6, 18, 26] as const).find((one) => String(one) === word.trim());
      if (found === undefined) throw new UsageError(`--${name} is 6, 18 or 26, but got ${word}.`);
      return found;
    },
    print: String,
  },
  { value: 'N', default: 18, help: 'Neighbours in clusters: 6, 18 or 26. Default: 18.' },
);

const needed = (option: string, what: string): string =>
  `--${option} is missing: ${what}. Run \`oinr ttest --help\`.`;

/** What can be said to the permutation t-test on files, which is started as `oinr ttest` too. */
export const ttestConfig = stageConfig({
  stage: 'ttest',
  options: {
    participants: path({
      value: 'FILE',
      help: 'Table of participants, .tsv or .csv, one row per image. Needed.',
      whenMissing: needed('participants', 'name the table of participants (.tsv or .csv)'),
    }),
    images: path({
      value: 'DIR',
      help: 'Folder of the images (NIfTI, one 3-D volume each, all in one space). Needed.',
      whenMissing: needed('images', 'name the folder of the images'),
    }),
    mask: path({
      value: 'FILE',
      help: 'Voxels to test: those larger than 0.5. Needed.',
      whenMissing: needed('mask', 'name a mask in the space of the images'),
    }),
    groups: list({
      value: 'A B',
      default: [],
      help: 'The contrast is A minus B; rows of other groups are left out and counted. Needed.',
    }),
    out: path({
      value: 'DIR',
      help: 'Where maps and tables go. Needed.',
      whenMissing: needed('out', 'name the folder for maps and tables'),
    }),
    groupColumn: text({ value: 'NAME', default: 'group', help: 'Column of the groups. Default: group.' }),
    imageColumn: text({
      value: 'NAME',
      help: "Column with the path of each row's image, relative to --images. Default: a file below --images belongs to a participant when its name is participant_id or sub-<participant_id>, followed by a character that is neither letter nor digit.",
    }),
    pattern: text({
      value: 'GLOB',
      help: "Which image of each participant to take where --images holds several, in quotes, such as '*_desc-oinrPrior66_T1w.nii.gz': * is any text, ? any character; a pattern with a slash is of the path below --images. Default: any name.",
    }),
    covariates: list({
      value: 'A B ...',
      default: [],
      help: 'Columns held constant (Freedman-Lane); numbers, or texts with two values such as sex.',
    }),
    blocks: text({
      value: 'NAME',
      help: 'Column of exchangeability blocks: labels are exchanged within blocks only.',
    }),
    kinds: list({
      value: 'A B ...',
      default: [],
      help: 'Columns by which scans are of different kinds, such as their resolution: labels are exchanged within kinds, and the mean of each is in the model. Subjects of a kind that one group alone has are left out.',
    }),
    variance: choice(['pooled', 'by-kind'], {
      value: 'NAME',
      default: 'pooled',
      help: 'by-kind: every kind (--kinds) is divided at every voxel by its standard deviation, for kinds whose values vary less than others, such as imputed ones; ten subjects of a kind at least, no covariates. Default: pooled.',
    }),
    statistic: choice(['student', 'welch'], {
      value: 'NAME',
      default: 'student',
      help: "welch: each group has a variance of its own, for groups of unequal sizes that vary differently; one kind, no covariates. What needs degrees of freedom, as --cluster-threshold p=, takes the smaller group's, n - 1. Default: student.",
    }),
    permutations: integer({
      value: 'N',
      least: 1,
      default: 10_000,
      help: 'Permutations; all there are, when they are no more than N. Default: 10000.',
    }),
    seed: integer({ value: 'N', default: 1, help: 'Seed of the draws. Default: 1.' }),
    labelings: path({
      value: 'FILE',
      help: 'Explicit permutations instead: rows of 0 and 1 (1 = first group) in the order of the table, the identity first; with covariates rows of subject numbers 0 ... n-1.',
    }),
    alpha: number({ value: 'P', above: 0, below: 1, default: 0.05, help: 'Level. Default: 0.05.' }),
    varianceFwhm: number({
      value: 'MM',
      above: 0,
      below: 1000,
      help: 'Smooths the variance by a Gaussian of this full width at half maximum (pseudo-t).',
    }),
    clusterThreshold,
    connectivity,
    outside: common.outside,
    tfce: flag({
      help: 'Threshold-free cluster enhancement, exact integral, 6 neighbours.',
    }),
    tfceStep: number({ value: 'DH', above: 0, help: 'The same in steps of this height instead of exact.' }),
    atlas: path({
      value: 'FILE',
      help: 'Label volume in the same space, for the regions of the peaks. Default: in MNI space the nearest of a table of approximate centres, with the distance to it.',
    }),
    atlasNames: path({ value: 'FILE', help: 'Table of its names, columns index and name.' }),
    threads: common.jobs('Worker threads; the result does not depend on it. Default: one per core.'),
  },
  check({ groups, atlas, atlasNames, imageColumn, pattern }) {
    if (imageColumn !== undefined && pattern !== undefined)
      throw new UsageError(
        '--image-column names every image already, so --pattern has nothing to choose; leave one of them out.',
      );
    if (groups.length === 0)
      throw new UsageError(needed('groups', 'name the two groups, such as --groups CN AD'));
    if (atlasNames !== undefined && atlas === undefined)
      throw new UsageError('--atlas-names names the regions of --atlas, which is missing.');
  },
});

export type TTestConfig = ConfigOf<typeof ttestConfig>;
