import {
  binomialInterval,
  type Cluster,
  clusterCounts,
  countsThatStraddle,
  fitParetoTail,
  type PermutationTestResult,
  studentTail,
} from '@oinr/statistics';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import type { PeakRegions } from './peakRegions.ts';

/** One tail of the result, ready for tables. */
export interface TailResult {
  readonly name: 'gt' | 'lt';
  readonly clusters: readonly Cluster[];
  readonly qFdr: Float64Array;
}

const clusterColumns = [
  'cluster',
  'p_fwe_extent',
  'p_fwe_mass',
  'voxels',
  'mm3',
  'mass',
  'p_fwe',
  'q_fdr',
  'T',
  'p_unc',
  'x',
  'y',
  'z',
];

/** SnPM's table: one row per peak; what belongs to the cluster stands in the row of its first peak. */
export function clusterTable(result: PermutationTestResult, tail: TailResult): Table {
  const total = result.relabelings.count;
  const { clusterNull } = result;
  const counts = clusterNull
    ? tail.name === 'gt'
      ? clusterCounts(tail.clusters, clusterNull.extentGt, clusterNull.massGt)
      : clusterCounts(tail.clusters, clusterNull.extentLt, clusterNull.massLt)
    : undefined;
  const records: Record<string, CellValue>[] = [];
  tail.clusters.forEach((cluster, index) => {
    cluster.peaks.forEach((peak, number) => {
      const isFirst = number === 0;
      const ofCluster = (value: number | undefined): CellValue => (isFirst ? value : '');
      records.push({
        cluster: ofCluster(index + 1),
        p_fwe_extent: ofCluster(counts && counts.extent[index] / total),
        p_fwe_mass: ofCluster(counts && counts.mass[index] / total),
        voxels: ofCluster(cluster.voxels.length),
        mm3: ofCluster(cluster.mm3),
        mass: ofCluster(cluster.mass),
        p_fwe: result.familyWiseCounts[tail.name][peak.voxel] / total,
        q_fdr: tail.qFdr[peak.voxel],
        T: peak.t,
        p_unc: result.uncorrectedCounts[tail.name][peak.voxel] / total,
        x: peak.position[0],
        y: peak.position[1],
        z: peak.position[2],
      });
    });
  });
  return tableOf(clusterColumns, records);
}

/**
 * What is known of the p of every peak: 95 % binomial intervals (none where all relabelings were enumerated), whether
 * they straddle alpha, the parametric one-sided p, and where fewer than 10 relabelings reach the peak the p of a
 * generalised Pareto distribution fitted to the tail of the maxima.
 */
export function peakTable(result: PermutationTestResult, tail: TailResult, regions?: PeakRegions): Table {
  const total = result.relabelings.count;
  const { exact } = result.relabelings;
  const pareto = fitParetoTail(result.maximumT[tail.name]);
  const straddling = countsThatStraddle(result.alpha, total);
  const ofCount = (name: string, count: number): Record<string, CellValue> => {
    const [low, high] = exact ? [count / total, count / total] : binomialInterval(count, total);
    return {
      [name]: count / total,
      [`${name}_low`]: low,
      [`${name}_high`]: high,
      [`${name}_straddles_alpha`]: !exact && count >= straddling.first && count <= straddling.last,
    };
  };
  const records = tail.clusters.flatMap((cluster, index) =>
    cluster.peaks.map((peak): Record<string, CellValue> => {
      const size = Math.abs(peak.t);
      const familyWise = result.familyWiseCounts[tail.name][peak.voxel];
      const fitted = familyWise < 10 ? pareto?.probability(size) : undefined;
      return {
        cluster: index + 1,
        T: peak.t,
        x: peak.position[0],
        y: peak.position[1],
        z: peak.position[2],
        ...regions?.cellsOf(peak.position),
        ...ofCount('p_unc', result.uncorrectedCounts[tail.name][peak.voxel]),
        p_parametric: studentTail(size, result.design.degreesOfFreedom),
        ...ofCount('p_fwe', familyWise),
        p_fwe_pareto: fitted !== undefined && Number.isFinite(fitted) ? fitted : undefined,
        q_fdr: tail.qFdr[peak.voxel],
      };
    }),
  );
  const interval = (name: string) => [name, `${name}_low`, `${name}_high`, `${name}_straddles_alpha`];
  const columns = [
    'cluster',
    'T',
    'x',
    'y',
    'z',
    ...(regions?.columns ?? []),
    ...interval('p_unc'),
    'p_parametric',
    ...interval('p_fwe'),
    'p_fwe_pareto',
    'q_fdr',
  ];
  return tableOf(columns, records);
}

/** The null distributions of the maxima, one row per relabeling, the identity first; as text, since it can be long. */
export function nullTable(result: PermutationTestResult): string {
  const columns: [string, Float64Array][] = [
    ['two', result.maximumT.two],
    ['gt', result.maximumT.gt],
    ['lt', result.maximumT.lt],
  ];
  if (result.clusterNull) {
    const { extentGt, extentLt, massGt, massLt } = result.clusterNull;
    columns.push(['extent_gt', extentGt], ['extent_lt', extentLt], ['mass_gt', massGt], ['mass_lt', massLt]);
  }
  if (result.tfceNull) columns.push(['tfce_gt', result.tfceNull.gt], ['tfce_lt', result.tfceNull.lt]);
  const lines = [columns.map(([name]) => name).join('\t')];
  for (let r = 0; r < result.relabelings.count; r++) {
    lines.push(columns.map(([, values]) => String(values[r])).join('\t'));
  }
  return `${lines.join('\n')}\n`;
}
