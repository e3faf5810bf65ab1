import { matchPeaks, type Peak } from '@oinr/agreement';
import { ClusterFinder, padGrid, studentQuantile } from '@oinr/statistics';
import type { CellValue } from '@oinr/tables';
import { applyAffine } from '@oinr/volume';
import type { AnalysisMask } from './analysisMask.ts';
import type { StatisticMaps } from './statisticMaps.ts';

/** The highest voxel of one cluster. */
export interface TablePeak extends Peak {
  readonly voxels: number;
  readonly pUncorrected: number;
  readonly pFamilyWise: number;
}

/** Clusters are voxels above the T whose one-sided parametric p is this; neighbours share a face or an edge. */
const clusterFormingP = 0.001;
const connectivity = 18;
/** Smaller clusters are noise that would fill the table. */
const leastVoxels = 5;
const mostClusters = 20;
/** Peaks farther apart than this are not the same finding, in mm. */
const matchLimit = 20;

/** The clusters of both signs, highest |T| first, each by its highest voxel. */
export function peaksOf(maps: StatisticMaps, mask: AnalysisMask, degreesOfFreedom: number): TablePeak[] {
  const threshold = studentQuantile(clusterFormingP, degreesOfFreedom);
  const voxels: number[] = [];
  maps.t.forEach((t, voxel) => {
    if (Math.abs(t) > threshold) voxels.push(voxel);
  });
  const values = voxels.map((voxel) => maps.t[voxel]);
  const roots = new ClusterFinder(padGrid(mask), connectivity).find(voxels, values, voxels.length);
  const clusters = new Map<number, { size: number; peak: number }>();
  voxels.forEach((voxel, place) => {
    const cluster = clusters.get(roots[place]);
    if (cluster === undefined) clusters.set(roots[place], { size: 1, peak: voxel });
    else {
      cluster.size += 1;
      if (Math.abs(maps.t[voxel]) > Math.abs(maps.t[cluster.peak])) cluster.peak = voxel;
    }
  });
  const [nx, ny] = mask.shape;
  return [...clusters.values()]
    .filter(({ size }) => size >= leastVoxels)
    .map(({ size, peak }): TablePeak => {
      const index = mask.indices[peak];
      const voxel = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))] as const;
      return {
        t: maps.t[peak],
        position: applyAffine(mask.grid.affine, voxel),
        voxels: size,
        pUncorrected: maps.pUncorrected[peak],
        pFamilyWise: maps.pFamilyWise[peak],
      };
    })
    .sort((one, other) => Math.abs(other.t) - Math.abs(one.t))
    .slice(0, mostClusters);
}

const sides = ['full', 'imputed'] as const;

export const peakColumns: readonly string[] = [
  'method',
  'missing_percent',
  'k',
  ...sides.flatMap((side) =>
    ['voxels', 't', 'p_unc', 'p_fwe', 'x', 'y', 'z'].map((name) => `${side}_${name}`),
  ),
  'distance_mm',
];

/** Rows of tables/peaks.tsv: the paper's Fig. 18, full and imputed side by side. */
export function peakRecords(
  about: Readonly<Record<string, CellValue>>,
  full: readonly TablePeak[],
  imputed: readonly TablePeak[],
): Record<string, CellValue>[] {
  return matchPeaks(full, imputed, matchLimit).map(({ reference, candidate, distance }) => ({
    ...about,
    ...sideOf('full', reference),
    ...sideOf('imputed', candidate),
    distance_mm: distance,
  }));
}

function sideOf(side: (typeof sides)[number], peak: TablePeak | undefined): Record<string, CellValue> {
  if (peak === undefined) return {};
  return {
    [`${side}_voxels`]: peak.voxels,
    [`${side}_t`]: peak.t,
    // float32 on disk: seven digits are what is known.
    [`${side}_p_unc`]: Number(peak.pUncorrected.toPrecision(7)),
    [`${side}_p_fwe`]: Number(peak.pFamilyWise.toPrecision(7)),
    [`${side}_x`]: peak.position[0],
    [`${side}_y`]: peak.position[1],
    [`${side}_z`]: peak.position[2],
  };
}
