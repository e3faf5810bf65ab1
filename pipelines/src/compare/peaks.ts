import { matchPeaks, type Peak } from '@oinr/agreement';
import type { CellValue } from '@oinr/tables';
import type { PeakRegions } from '@oinr/ttest';
import type { Tested } from './tested.ts';

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

/** Smaller clusters are noise that would fill the table. */
const leastVoxels = 5;
const mostClusters = 20;
/**
 * Peaks farther apart than this are not the same finding, in mm: as far as the peaks of one cluster have to be. Where
 * kept slices lie farther apart, a peak can move anywhere between two of them.
 */
const leastMatchLimit = 8;

/** The clusters of both signs, highest |T| first, each with up to three peaks more than 8 mm apart. */
export function peaksOf({ result, clusters }: Tested): TablePeak[] {
  const { permutations, uncorrected, familyWise } = result;
  const shown = clusters
    .filter(({ voxels }) => voxels.length >= leastVoxels)
    .sort((one, other) => Math.abs(other.peaks[0].t) - Math.abs(one.peaks[0].t))
    .slice(0, mostClusters);
  return shown.flatMap((cluster, index) =>
    cluster.peaks.map((peak) => ({
      t: peak.t,
      position: peak.position,
      cluster: index + 1,
      voxels: cluster.voxels.length,
      mm3: cluster.mm3,
      pExtent: cluster.count / permutations,
      pUncorrected: asInMap(uncorrected[peak.voxel] / permutations),
      pFamilyWise: asInMap(familyWise[peak.voxel] / permutations),
    })),
  );
}

/** As it stands in the map, which is float32: seven digits. */
function asInMap(p: number): number {
  return Number(Math.fround(p).toPrecision(7));
}

const sides = ['full', 'imputed'] as const;

/** The columns of tables/peaks.tsv. */
export function peakColumns(regions: PeakRegions | undefined): readonly string[] {
  const names = ['cluster', 'voxels', 'mm3', 'p_extent', 't', 'p_unc', 'p_fwe', 'x', 'y', 'z'];
  return [
    'method',
    'missing_percent',
    'k',
    ...sides.flatMap((side) => [...names, ...(regions?.columns ?? [])].map((name) => `${side}_${name}`)),
    'distance_mm',
  ];
}

/**
 * Rows of tables/peaks.tsv: the paper's Fig. 18, full and imputed side by side. `spacing`: mm between kept slices, where
 * it is known.
 */
export function peakRecords(
  about: Readonly<Record<string, CellValue>>,
  full: readonly TablePeak[],
  imputed: readonly TablePeak[],
  { spacing = 0, regions }: { readonly spacing?: number; readonly regions?: PeakRegions },
): Record<string, CellValue>[] {
  return matchPeaks(full, imputed, Math.max(leastMatchLimit, spacing)).map(
    ({ reference, candidate, distance }) => ({
      ...about,
      ...sideOf('full', reference, regions),
      ...sideOf('imputed', candidate, regions),
      distance_mm: distance,
    }),
  );
}

function sideOf(
  side: (typeof sides)[number],
  peak: TablePeak | undefined,
  regions: PeakRegions | undefined,
): Record<string, CellValue> {
  if (peak === undefined) return {};
  return {
    [`${side}_cluster`]: peak.cluster,
    [`${side}_voxels`]: peak.voxels,
    [`${side}_mm3`]: peak.mm3,
    [`${side}_p_extent`]: peak.pExtent,
    [`${side}_t`]: peak.t,
    [`${side}_p_unc`]: peak.pUncorrected,
    [`${side}_p_fwe`]: peak.pFamilyWise,
    [`${side}_x`]: peak.position[0],
    [`${side}_y`]: peak.position[1],
    [`${side}_z`]: peak.position[2],
    ...Object.fromEntries(
      Object.entries(regions?.cellsOf(peak.position) ?? {}).map(([name, cell]) => [`${side}_${name}`, cell]),
    ),
  };
}
