export { buildTables, relabelBlock, sumBlock, tOfSums } from './binaryLabels';
export { covariateBlock, covariateMap } from './covariates';
export { tfceMaxima } from './tfce';
