export { batchPredictor } from './batchPredictor.ts';
export type { ConvolutionalNetwork } from './convolutionalNetwork.ts';
export {
  applyLayers,
  applyNetwork,
  architectureName,
  biasName,
  initialParameters,
  paperNetwork,
  weightName,
} from './convolutionalNetwork.ts';
export type { Places } from './derivatives.ts';
export { differentiableOctaves, spatialDerivative } from './derivatives.ts';
export {
  aliasFreeOctaves,
  exactGridEncoding,
  gridEncoding,
  gridPoints,
  noiseEncoding,
  positionalEncoding,
  shiftGamma,
  waveGamma,
  waveGammaChannels,
} from './encodings.ts';
export type { FitKeeper, FitOptions, FitProgress, FitResult } from './fit.ts';
export { cosineRates, DivergedError, fit } from './fit.ts';
export type { SignalFit, SignalFitOptions } from './fitSignal.ts';
export { fitSignal, signalPredictor } from './fitSignal.ts';
export { initialLayer } from './initialise.ts';
export { channelsFirst, channelsLast } from './layout.ts';
export { kernelNetwork } from './networks/kernelNetwork.ts';
export { multiplicativeFilterNetwork } from './networks/multiplicativeFilterNetwork.ts';
export type { OperatorNetwork } from './networks/operatorNetwork.ts';
export {
  operatorNetwork,
  paperImageChannels,
  publicImageChannels,
  quarterImageChannels,
} from './networks/operatorNetwork.ts';
export { scaledKernelNetwork } from './networks/scaledKernelNetwork.ts';
export type { Samples, SignalNetwork } from './networks/signalNetwork.ts';
export { parameterCount } from './networks/signalNetwork.ts';
export { siren } from './networks/siren.ts';
export { wire } from './networks/wire.ts';
export type { Recipe, RecipeName } from './recipe.ts';
export { optimiserOf, recipeOf } from './recipe.ts';
export { cutSlabs, joinSlabs, slabsOf, slabWeights } from './slabs.ts';
export { likenessNames, matchChannels, reorderChannels, weightsBetween } from './weightSpace.ts';
