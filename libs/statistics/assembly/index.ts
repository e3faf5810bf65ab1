export { buildTables, relabelBlock, sumBlock } from './binaryLabels';
export { covariateBlock, covariateMap } from './covariates';
export { tfceMaximum } from './tfce';
