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
export { positionalEncoding, shiftGamma, waveGamma, waveGammaChannels } from './encodings.ts';
export type { FitKeeper, FitOptions, FitProgress, FitResult } from './fit.ts';
export { cosineRates, DivergedError, fit } from './fit.ts';
export { initialLayer } from './initialise.ts';
