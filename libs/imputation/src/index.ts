export type { BaseNetwork } from './baseNetwork.ts';
export { oinrInternal } from './internal/oinrInternal.ts';
export type { PredictedErrors, PredictedMethod } from './internal/predictedErrors.ts';
export type { InternalSettings } from './internal/settings.ts';
export { internalSettings } from './internal/settings.ts';
export type { InterpolationName } from './interpolation.ts';
export { interpolationMethods } from './interpolation.ts';
export type { Imputation, ImputationMethod, KeptSlices, MethodContext } from './method.ts';
