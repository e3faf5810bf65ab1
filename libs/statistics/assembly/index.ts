export { buildTables, relabelBlock, sumBlock } from './binaryLabels';
export { covariateBlock, covariateMap } from './covariates';
export { tfceMaxima } from './tfce';
