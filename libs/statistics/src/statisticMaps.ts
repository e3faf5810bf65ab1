import type { Cluster } from './clusterTable.ts';
import { falseDiscoveryRate } from './falseDiscovery.ts';
import { exceedanceCounts, significantCount } from './nullDistribution.ts';
import type { PermutationTestResult, Tails } from './testTypes.ts';

/** Sums of many T (masses, TFCE) that differ by less than this share are ties: they differ by rounding. */
export const sumTolerance = 1e-6;

/** p = count / P per voxel; NaN where the voxel was not tested. */
export function pOfCounts(result: PermutationTestResult, counts: Uint32Array): Float64Array {
  return Float64Array.from(counts, (count, voxel) =>
    Number.isNaN(result.t[voxel]) ? Number.NaN : count / result.relabelings.count,
  );
}

/** Number of voxels that are significant at alpha, corrected for all voxels: T exceeds the critical value. */
export function significantVoxels(result: PermutationTestResult): Tails<number> {
  const most = significantCount(result.alpha, result.relabelings.count);
  const count = (tail: Uint32Array) =>
    tail.reduce((sum, one, voxel) => sum + (one <= most && !Number.isNaN(result.t[voxel]) ? 1 : 0), 0);
  const { two, gt, lt } = result.familyWiseCounts;
  return { two: count(two), gt: count(gt), lt: count(lt) };
}

/** Benjamini-Hochberg q of the uncorrected two-sided permutation p. */
export function falseDiscoveryMap(result: PermutationTestResult): Float64Array {
  return falseDiscoveryRate(pOfCounts(result, result.uncorrectedCounts.two));
}

/** Relabelings whose largest extent reaches that of each cluster, and whose largest mass does. */
export function clusterCounts(
  clusters: readonly Cluster[],
  extentNull: Float64Array,
  massNull: Float64Array,
): { readonly extent: Uint32Array; readonly mass: Uint32Array } {
  const extents = Float64Array.from(clusters, (cluster) => cluster.voxels.length);
  const masses = Float64Array.from(clusters, (cluster) => cluster.mass);
  const tolerance = Float64Array.from(clusters, (cluster) => sumTolerance * cluster.sum);
  return {
    extent: exceedanceCounts(extents, extentNull, 0.5),
    mass: exceedanceCounts(masses, massNull, tolerance),
  };
}

/** p per voxel from a value per voxel and a null distribution of the largest; NaN stays NaN. */
export function maximumP(values: Float64Array, nullValues: Float64Array): Float64Array {
  const tolerance = values.map((value) => sumTolerance * value);
  const counts = exceedanceCounts(values, nullValues, tolerance);
  return values.map((value, voxel) => (Number.isNaN(value) ? Number.NaN : counts[voxel] / nullValues.length));
}
