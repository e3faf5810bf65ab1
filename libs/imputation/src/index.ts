export { auto } from './auto.ts';
export type { BaseNetwork } from './baseNetwork.ts';
export { oinrInternal } from './internal/method.ts';
export type { PredictedErrors, PredictedMethod } from './internal/predictedErrors.ts';
export type { InternalSettings } from './internal/settings.ts';
export { internalSettings } from './internal/settings.ts';
export type { InterpolationName } from './interpolation.ts';
export { interpolationMethods } from './interpolation.ts';
export type { FitKeeper, Imputation, ImputationMethod, KeptSlices, MethodContext } from './method.ts';
export { oinr } from './oinr/oinr.ts';
export { prepareBase } from './oinr/prepareBase.ts';
export type { GammaEncoding, OinrPreset, OinrPresetName } from './oinr/presets.ts';
export { compactPreset, oinrPresets, paperPreset } from './oinr/presets.ts';
export type { ApplyOptions, PriorVolume } from './prior/applyPrior.ts';
export { applyPrior } from './prior/applyPrior.ts';
export type { FineTuningSettings } from './prior/fineTuning.ts';
export { fineTuningSettings } from './prior/fineTuning.ts';
export type { PriorNetwork } from './prior/network.ts';
export { parameterShapes } from './prior/network.ts';
export type { PriorMethodOptions } from './prior/oinrPrior.ts';
export { oinrPrior } from './prior/oinrPrior.ts';
export { oinrPriorInternal } from './prior/oinrPriorInternal.ts';
export type { PriorModel } from './prior/priorModel.ts';
export {
  checksumFile,
  checksumOf,
  decodePriorModel,
  encodePriorModel,
  loadPriorModel,
  PriorModelError,
  shippedPriorModel,
  weightsFile,
} from './prior/priorModel.ts';
export { decodeSafetensors, encodeSafetensors, TensorFileError } from './prior/safetensors.ts';
export type { TrainingVolume } from './prior/scene.ts';
export type { PriorTrainingOptions, PriorTrainingProgress, ValidationPoint } from './prior/training.ts';
export { DivergedError, priorTrainingDefaults, trainedRange, trainPrior } from './prior/training.ts';
export { findMethod, methods } from './registry.ts';
