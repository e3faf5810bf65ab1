import { type Cluster, exceedanceCounts, observedClusters } from '@oinr/statistics';
import type { Mask, TwoSidedResult } from '@oinr/ttest';
import type { ClusterForming } from './design.ts';

/** A cluster of either sign. */
export interface TestedCluster extends Cluster {
  /** Relabelings whose largest cluster of either sign has at least as many voxels. */
  readonly count: number;
}

/** The test of one data set, with what follows from it. */
export interface Tested {
  readonly result: TwoSidedResult;
  /** Largest cluster of either sign of every relabeling, in voxels, the identity first. */
  readonly largestExtents: Float64Array;
  /** Positive ones first. */
  readonly clusters: readonly TestedCluster[];
}

/** Finds the clusters of a result that was made with the same threshold and connectivity. */
export function withClusters(result: TwoSidedResult, mask: Mask, forming: ClusterForming): Tested {
  const { largestExtents } = result;
  if (largestExtents === undefined) throw new TypeError('The test was made without clusters.');
  const t = Float64Array.from(result.t);
  const clusters = ([1, -1] as const).flatMap((sign) =>
    observedClusters({ t, grid: mask, affine: mask.grid.affine, sign, ...forming }),
  );
  const extents = Float64Array.from(clusters, ({ voxels }) => voxels.length);
  const counts = exceedanceCounts(extents, largestExtents, 0.5);
  return {
    result,
    largestExtents,
    clusters: clusters.map((cluster, index) => ({
      ...cluster,
      // The identity always counts: T is float32 here, and a voxel at the threshold may have been rounded across.
      count: Math.max(1, counts[index]),
    })),
  };
}

/** Per voxel the count of its cluster; that of all relabelings outside clusters, 0 where a voxel was not tested. */
export function extentCounts({ result, clusters }: Tested): Uint32Array {
  const counts = Uint32Array.from(result.t, (t) => (Number.isNaN(t) ? 0 : result.permutations));
  for (const { voxels, count } of clusters) for (const voxel of voxels) counts[voxel] = count;
  return counts;
}
