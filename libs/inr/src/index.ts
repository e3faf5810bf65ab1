export type { Division } from './batchParts.ts';
export { batchPredictor } from './batchPredictor.ts';
export type { Activation, ConvolutionalNetwork } from './convolutionalNetwork.ts';
export {
  applyLayers,
  applyNetwork,
  architectureName,
  biasName,
  initialParameters,
  paperNetwork,
  parameterCount,
  weightName,
} from './convolutionalNetwork.ts';
export { linspace, positionalEncoding, shiftGamma, waveGamma, waveGammaChannels } from './encodings.ts';
export type { FitKeeper, FitOptions, FitProgress, FitResult } from './fit.ts';
export { cosineRates, DivergedError, fit } from './fit.ts';
export type { Initialisation } from './initialise.ts';
export { initialLayer } from './initialise.ts';
export { interpolateParameters } from './interpolateParameters.ts';
