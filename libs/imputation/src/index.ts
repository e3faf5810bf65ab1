export type { Imputation, ImputationMethod, KeptSlices, MethodContext } from './method.ts';
