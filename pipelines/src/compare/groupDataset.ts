import { writeDatasetDescription } from '@oinr/run';
import { derivativesBelow, sourceOf } from '../simulate/derivativeNames.ts';
import { toolVersion } from '../toolVersion.ts';
import type { CompareRun } from './compareRun.ts';
import { mapsOf } from './mapsOptions.ts';

const below = ['group'] as const;

/** Drafts what makes `group` a BIDS derivative dataset. @returns see writeDatasetDescription. */
export async function describeGroup({
  folder,
  config,
  study,
  source,
}: CompareRun): Promise<string | undefined> {
  const place = { dataset: folder.file(...below), out: config.out };
  const { source: from, links } = await sourceOf({ name: study.cohort, root: source.cohort.root }, place);
  return writeDatasetDescription(folder, below, {
    name: `Statistic maps of ${study.cohort}`,
    generatedBy: {
      name: 'oinr compare',
      version: toolVersion,
      description: `Permutation t-tests of ${study.groups.join(' minus ')} on full and imputed data.`,
    },
    source: from,
    links: mapsOf(config) === undefined ? { ...links, oinr: `../${derivativesBelow.join('/')}` } : links,
    readme,
  });
}

const readme = `Made by oinr compare. desc-DATA_stat-t_statmap.nii.gz: T of the first group minus the second (NIfTI intent TTEST with its
degrees of freedom); stat-p and stat-pfwe: two-sided permutation p, uncorrected and family-wise; stat-log10p...: -log10 of
these; stat-pextent, stat-tfce and stat-ptfce where they were asked for; desc-fullMean_T1w: mean of the full data. DATA is
full, or a method and the percentage of missing slices. The sidecars say what was tested and how.
For research, not for diagnosis.`;
