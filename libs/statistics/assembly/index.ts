export { buildTables, relabelBlock, sumBlock, tOfSums } from './binaryLabels';
export { findRuns, firstVoxels, largestComponents, mergeLists, tOfScores } from './clusters';
export { covariateBlock, covariateMap } from './covariates';
export { tfceMaxima } from './tfce';
