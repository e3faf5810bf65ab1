export { binomialInterval, countsThatStraddle } from './binomialInterval.ts';
export { ClusterFinder } from './clusters.ts';
export type { Cluster, ClusterRequest, Peak } from './clusterTable.ts';
export { observedClusters, positionOf } from './clusterTable.ts';
export type { Covariate, ResolvedDesign, TwoGroupDesign } from './design.ts';
export { DesignError, resolveDesign } from './design.ts';
export { falseDiscoveryRate } from './falseDiscovery.ts';
export type { Connectivity, MaskGrid } from './maskGrid.ts';
export { padGrid } from './maskGrid.ts';
export { criticalValue, exceedanceCounts, significantCount } from './nullDistribution.ts';
export type { ParetoTail } from './paretoTail.ts';
export { fitParetoTail } from './paretoTail.ts';
export type {
  Checkpoint,
  PermutationTestOptions,
  PermutationTestResult,
  Tails,
  TestProgress,
} from './permutationTest.ts';
export { permutationTest } from './permutationTest.ts';
export type { RelabelingChoice, Relabelings } from './relabelings.ts';
export { makeRelabelings, smallestP } from './relabelings.ts';
export { MaskSmoother, sigmaOfFwhm } from './smoothing.ts';
export {
  clusterCounts,
  falseDiscoveryMap,
  maximumP,
  pOfCounts,
  significantVoxels,
  sumTolerance,
} from './statisticMaps.ts';
export { studentQuantile, studentTail } from './studentT.ts';
export type { SubjectDataHandle } from './subjectData.ts';
export { blockVoxels, SubjectData } from './subjectData.ts';
export { tfceMap, tfcePrimitive } from './tfce.ts';
