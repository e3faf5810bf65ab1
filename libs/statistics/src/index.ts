export { binomialInterval, countsThatStraddle } from './binomialInterval.ts';
export type { Cluster, ClusterPeak, ClusterRequest } from './clusterTable.ts';
export { observedClusters } from './clusterTable.ts';
export type { Covariate, ResolvedDesign, TwoGroupDesign } from './design.ts';
export { DesignError, leastOfKind, resolveDesign } from './design.ts';
export { falseDiscoveryRate } from './falseDiscovery.ts';
export type { Connectivity, MaskGrid } from './maskGrid.ts';
export { padGrid } from './maskGrid.ts';
export { criticalValue, exceedanceCounts, significantCount } from './nullDistribution.ts';
export type { ParetoTail } from './paretoTail.ts';
export { fitParetoTail } from './paretoTail.ts';
export { permutationTest } from './permutationTest.ts';
export type { RelabelingChoice, Relabelings } from './relabelings.ts';
export { makeRelabelings } from './relabelings.ts';
export { sigmaOfFwhm } from './smoothing.ts';
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
export { SubjectData } from './subjectData.ts';
export type {
  PermutationTestOptions,
  PermutationTestResult,
  Tails,
  TestCheckpoint,
  TestProgress,
} from './testTypes.ts';
export { tfceMap } from './tfce.ts';
export { dot, orthonormalTo, remove } from './vectors.ts';
