export { errorMaps } from './errorMaps.ts';
export { inOriginalIntensities } from './intensities.ts';
export type { FitKeeper, Imputation, ImputationMethod, MethodContext, Need } from './method.ts';
export { interpolationMethods } from './methods/interpolation.ts';
export type { BaseNetwork } from './methods/oinr/baseNetwork.ts';
export { prepareBase } from './methods/oinr/prepareBase.ts';
export { applyPrior } from './methods/prior/applyPrior.ts';
export type { PriorExpert } from './methods/prior/experts.ts';
export type { PriorNetwork } from './methods/prior/network.ts';
export { parameterShapes } from './methods/prior/network.ts';
export { type OperatorErrors, operatorErrors } from './methods/prior/operatorErrors.ts';
export { checksumFile, loadPriorModel, shippedPriorModel, weightsFile } from './methods/prior/priorFiles.ts';
export type { PriorModel } from './methods/prior/priorModel.ts';
export { checksumOf, decodePriorModel, encodePriorModel } from './methods/prior/priorModel.ts';
export { decodeSafetensors, encodeSafetensors } from './methods/prior/safetensors.ts';
export type { TrainingVolume } from './methods/prior/scene.ts';
export { shippedChecksum } from './methods/prior/shippedChecksum.ts';
export type {
  PriorTrainingOptions,
  PriorTrainingProgress,
  ValidationPoint,
} from './methods/prior/training.ts';
export {
  errorOverAllAxes,
  oneAxisTraining,
  ownGaps,
  priorTrainingDefaults,
  taughtGeometries,
  trainedRange,
  trainPrior,
  uprightTraining,
} from './methods/prior/training.ts';
export { headOf, trainingVolume } from './methods/prior/trainingHead.ts';
export type { PredictedErrors } from './predictedErrors.ts';
export { errorsInIntensities, readPredicted, writtenDetails } from './predictedErrors.ts';
export { allMethods } from './registry.ts';
export { findMethod, methods } from './shippedMethods.ts';
export { SubjectSession } from './subjectSession.ts';
