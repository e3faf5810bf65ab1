import { criticalValue } from '@oinr/statistics';
import type { CellValue } from '@oinr/tables';
import { tfceOf, thresholdInWords } from './choices.ts';
import type { CompareRun } from './compareRun.ts';
import { aboutDataSet, type DataSet } from './dataSets.ts';
import type { Detected } from './detected.ts';

/** One row of tables/datasets.tsv: a test, its design and its null distribution in numbers. */
export function dataSetRecord(
  { study, config, forming, levels }: CompareRun,
  dataSet: DataSet,
  { tested, sets }: Detected,
  decisive: 0 | 1,
): Record<string, CellValue> {
  const { result, largestExtents } = tested;
  const { tfce } = result;
  const size = (name: string | undefined): number | undefined =>
    sets.find((one) => one.name === name)?.set.reduce((sum, one) => sum + one, 0);
  const inGroup = (name: string): number => study.subjects.filter(({ group }) => group === name).length;
  const [p001, p01, familyWise] = levels.voxels.map(({ name }) => name);
  return {
    dataset: dataSet.name,
    id: dataSet.id,
    ...aboutDataSet(dataSet),
    group_first: study.groups[0],
    subjects_first: inGroup(study.groups[0]),
    group_second: study.groups[1],
    subjects_second: inGroup(study.groups[1]),
    ...(config.covariates.length > 0 && { covariates: config.covariates.join(', ') }),
    ...(config.blocks !== undefined && { blocks: config.blocks }),
    voxels: result.testedVoxels,
    excluded_voxels: result.excludedVoxels,
    permutations: result.permutations,
    exact: result.isExact ? 'yes' : 'no',
    seed: config.seed,
    smallest_p: result.smallestP,
    degrees_of_freedom: result.degreesOfFreedom,
    alpha: config.alpha,
    critical_t: criticalValue(result.maxima, config.alpha),
    max_t: result.maxima[0],
    cluster_forming_t: forming.threshold,
    critical_extent: criticalValue(largestExtents, config.alpha),
    significant_fwe: size(familyWise),
    primary_criterion: levels.voxels[decisive].name,
    significant_primary: size(levels.voxels[decisive].name),
    significant_p001: size(p001),
    significant_p01: size(p01),
    ...(config.clusterThreshold !== undefined && {
      cluster_threshold: thresholdInWords(config.clusterThreshold),
      connectivity: config.connectivity,
      significant_extent: size(levels.extent?.name),
    }),
    ...(tfce && {
      tfce_step: tfceOf(config)?.step ?? 'exact',
      critical_tfce: criticalValue(tfce.maxima, config.alpha),
      max_tfce: tfce.maxima[0],
      significant_tfce: size(levels.tfce?.name),
    }),
    smoothing_fwhm_mm: config.smooth,
    normalisation: config.normalise,
    relabelings_sha256: result.relabelings,
    seconds: result.seconds,
  };
}
