export type { BaseNetwork } from './baseNetwork.ts';
export type { InterpolationName } from './interpolation.ts';
export { interpolationMethods } from './interpolation.ts';
export type { Imputation, ImputationMethod, KeptSlices, MethodContext } from './method.ts';
