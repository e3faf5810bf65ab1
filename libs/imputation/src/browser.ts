// What of this package needs no Node. The bundler of the page takes this file in the place of index.ts.

export { errorMaps } from './errorMaps.ts';
export { inOriginalIntensities } from './intensities.ts';
export type { Imputation, ImputationMethod, MethodContext } from './method.ts';
export { interpolationMethods } from './methods/interpolation.ts';
export type { PriorModel } from './methods/prior/priorModel.ts';
export { decodePriorModel } from './methods/prior/priorModel.ts';
export { shippedChecksum } from './methods/prior/shippedChecksum.ts';
export { errorsInIntensities, writtenDetails } from './predictedErrors.ts';
export { allMethods } from './registry.ts';
export { SubjectSession } from './subjectSession.ts';
