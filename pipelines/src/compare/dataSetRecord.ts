import { missingPercent } from '@oinr/slices';
import { criticalValue } from '@oinr/statistics';
import type { CellValue } from '@oinr/tables';
import type { DataSet } from './dataSets.ts';
import { clusterThreshold } from './peaks.ts';
import type { CompareRun } from './stage.ts';
import type { TestNumbers } from './testDataSet.ts';

/** One row of tables/datasets.tsv: a test, its design and its null distribution in numbers. */
export function dataSetRecord(
  { study, options }: CompareRun,
  dataSet: DataSet,
  numbers: TestNumbers,
  sets: readonly { readonly name: string; readonly set: Uint8Array }[],
  decisive: 0 | 1,
): Record<string, CellValue> {
  const size = (set: Uint8Array): number => set.reduce((sum, one) => sum + one, 0);
  const inGroup = (name: string): number => study.subjects.filter(({ group }) => group === name).length;
  return {
    dataset: dataSet.name,
    id: dataSet.id,
    method: dataSet.method,
    missing_percent: dataSet.every === 1 ? 0 : missingPercent(dataSet.every),
    k: dataSet.every,
    group_first: study.groups[0],
    subjects_first: inGroup(study.groups[0]),
    group_second: study.groups[1],
    subjects_second: inGroup(study.groups[1]),
    voxels: numbers.voxels,
    excluded_voxels: numbers.excludedVoxels,
    permutations: numbers.permutations,
    exact: numbers.exact ? 'yes' : 'no',
    seed: options.seed,
    smallest_p: numbers.smallestP,
    degrees_of_freedom: numbers.degreesOfFreedom,
    alpha: options.alpha,
    critical_t: numbers.criticalT,
    max_t: numbers.maxima[0],
    cluster_forming_t: clusterThreshold(numbers.degreesOfFreedom),
    critical_extent: criticalValue(Float64Array.from(numbers.largestExtents), options.alpha),
    significant_fwe: size(sets[2].set),
    primary_criterion: sets[decisive].name,
    significant_primary: size(sets[decisive].set),
    significant_p001: size(sets[0].set),
    significant_p01: size(sets[1].set),
    smoothing_fwhm_mm: options.smooth,
    normalisation: options.normalise,
    relabelings_sha256: numbers.relabelings,
    seconds: numbers.seconds,
  };
}
