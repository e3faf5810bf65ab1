import { matchPeaks, type Peak } from '@oinr/agreement';
import { exceedanceCounts, observedClusters, studentQuantile } from '@oinr/statistics';
import type { CellValue } from '@oinr/tables';
import type { AnalysisMask } from './analysisMask.ts';
import type { StatisticMaps } from './statisticMaps.ts';

/** One line of a cluster table. */
export interface TablePeak extends Peak {
  /** Number of the cluster in its map, the highest |T| first. */
  readonly cluster: number;
  readonly voxels: number;
  readonly mm3: number;
  /** Permutation p of the extent: share of relabelings whose largest cluster of either sign is at least as large. */
  readonly pExtent: number;
  readonly pUncorrected: number;
  readonly pFamilyWise: number;
}

/** Clusters are voxels above the T whose one-sided parametric p is this. */
const clusterFormingP = 0.001;
/** Neighbours share a face or an edge. */
export const connectivity = 18;

/** The T above which, and below minus which, voxels form clusters. */
export function clusterThreshold(degreesOfFreedom: number): number {
  return studentQuantile(clusterFormingP, degreesOfFreedom);
}

/** Smaller clusters are noise that would fill the table. */
const leastVoxels = 5;
const mostClusters = 20;
/**
 * Peaks farther apart than this are not the same finding, in mm: as far as the peaks of one cluster have to be. Where
 * kept slices lie farther apart, a peak can move anywhere between two of them.
 */
const leastMatchLimit = 8;

/**
 * The clusters of both signs, highest |T| first, each with up to three peaks more than 8 mm apart. `largestExtents`:
 * voxels of the largest cluster of either sign in every relabeling, the identity first.
 */
export function peaksOf(
  maps: StatisticMaps,
  mask: AnalysisMask,
  degreesOfFreedom: number,
  largestExtents: readonly number[],
): TablePeak[] {
  const threshold = clusterThreshold(degreesOfFreedom);
  const extentNull = Float64Array.from(largestExtents);
  const t = Float64Array.from(maps.t);
  const { affine } = mask.grid;
  const clusters = ([1, -1] as const)
    .flatMap((sign) => observedClusters({ t, grid: mask, affine, sign, threshold, connectivity }))
    .filter(({ voxels }) => voxels.length >= leastVoxels)
    .sort((one, other) => Math.abs(other.peaks[0].t) - Math.abs(one.peaks[0].t))
    .slice(0, mostClusters);
  const extents = Float64Array.from(clusters, ({ voxels }) => voxels.length);
  const counts = exceedanceCounts(extents, extentNull, 0.5);
  return clusters.flatMap((cluster, index) =>
    cluster.peaks.map((peak) => ({
      t: peak.t,
      position: peak.position,
      cluster: index + 1,
      voxels: cluster.voxels.length,
      mm3: cluster.mm3,
      // The identity always counts: T is float32 on disk, and a voxel at the threshold may have been rounded across.
      pExtent: Math.max(1, counts[index]) / largestExtents.length,
      pUncorrected: maps.pUncorrected[peak.voxel],
      pFamilyWise: maps.pFamilyWise[peak.voxel],
    })),
  );
}

const sides = ['full', 'imputed'] as const;

export const peakColumns: readonly string[] = [
  'method',
  'missing_percent',
  'k',
  ...sides.flatMap((side) =>
    ['cluster', 'voxels', 'mm3', 'p_extent', 't', 'p_unc', 'p_fwe', 'x', 'y', 'z'].map(
      (name) => `${side}_${name}`,
    ),
  ),
  'distance_mm',
];

/** Rows of tables/peaks.tsv: the paper's Fig. 18, full and imputed side by side. `spacing`: mm between kept slices. */
export function peakRecords(
  about: Readonly<Record<string, CellValue>>,
  full: readonly TablePeak[],
  imputed: readonly TablePeak[],
  spacing: number,
): Record<string, CellValue>[] {
  return matchPeaks(full, imputed, Math.max(leastMatchLimit, spacing)).map(
    ({ reference, candidate, distance }) => ({
      ...about,
      ...sideOf('full', reference),
      ...sideOf('imputed', candidate),
      distance_mm: distance,
    }),
  );
}

function sideOf(side: (typeof sides)[number], peak: TablePeak | undefined): Record<string, CellValue> {
  if (peak === undefined) return {};
  return {
    [`${side}_cluster`]: peak.cluster,
    [`${side}_voxels`]: peak.voxels,
    [`${side}_mm3`]: peak.mm3,
    [`${side}_p_extent`]: peak.pExtent,
    [`${side}_t`]: peak.t,
    // float32 on disk: seven digits are what is known.
    [`${side}_p_unc`]: Number(peak.pUncorrected.toPrecision(7)),
    [`${side}_p_fwe`]: Number(peak.pFamilyWise.toPrecision(7)),
    [`${side}_x`]: peak.position[0],
    [`${side}_y`]: peak.position[1],
    [`${side}_z`]: peak.position[2],
  };
}
