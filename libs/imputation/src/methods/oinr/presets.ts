import type { ConvolutionalNetwork } from '@oinr/inr';
import { paperNetwork } from '@oinr/inr';

/** How the position along the slice axis enters: added to the encoding, or as functions with weights of their own. */
export type GammaEncoding =
  | { readonly kind: 'shift'; readonly alpha: number; readonly beta: number }
  | { readonly kind: 'waves'; readonly octaves: number };

/** Everything about a fit of `oinr` that is not the data. */
export interface OinrPreset {
  readonly name: string;
  /** Octaves L of the positional encoding: 4 L channels. */
  readonly octaves: number;
  readonly gamma: GammaEncoding;
  readonly network: ConvolutionalNetwork;
  /** Whether the last bias starts at the mean of the kept slices. */
  readonly startAtMean: boolean;
  /** Muon trains kernels and gamma's weights, and Adam the biases; or Adam trains all. */
  readonly optimiser: 'adam' | 'muon';
  readonly batch: number;
  /** Steps of a fit, at most. */
  readonly steps: number;
  /**
   * How often every kept slice is seen, at most: a fit to few slices that goes on once it shows them well draws less
   * and less of what lies between.
   */
  readonly passes?: number;
  /** Steps in one call of the engine, which Ctrl-C waits for: few where one takes seconds on a CPU. */
  readonly stepsPerCall: number;
  /** Steps of a base network, which need not be as near to its own slices as a fit that is kept. */
  readonly stepsOfBase: number;
  /** Steps of a fit that starts from a base network. */
  readonly stepsFromBase: number;
  /** The learning rate falls from the first to the second along half a cosine; Muon's step is ten times as long. */
  readonly learningRates: readonly [number, number];
  /** The same for a fit that starts from a base network: a rate that finds a head from nothing shakes one apart. */
  readonly learningRatesFromBase: readonly [number, number];
}

/** The paper's settings (its public code): a GPU's work, about 48 GFLOP for each slice of 76 x 79 and step. */
export const paperPreset: OinrPreset = {
  name: 'paper',
  octaves: 10,
  gamma: { kind: 'shift', alpha: 0, beta: 0.1 },
  network: paperNetwork,
  startAtMean: false,
  optimiser: 'adam',
  batch: 8,
  steps: 10_000,
  stepsPerCall: 4,
  stepsOfBase: 10_000,
  stepsFromBase: 1500,
  learningRates: [1e-3, 5e-4],
  learningRatesFromBase: [1e-3, 5e-4],
};

const octaves = 6;

/** Small enough for one core of a CPU. */
export const compactPreset: OinrPreset = {
  name: 'compact',
  octaves,
  // One octave: each further one halves the distance over which the representation may swing between kept slices. With
  // three the error at k = 6 is 8 % higher, and with five kept slices the slices between them are wild (measured).
  gamma: { kind: 'waves', octaves: 1 },
  network: {
    channels: [4 * octaves, 32, 32, 32, 1],
    activation: 'gelu',
    residual: false,
    hiddenInitialisation: 'wide',
    lastInitialisation: 'wide',
  },
  startAtMean: true,
  // Adam at 1e-2 left two fits of four far from their slices (docs/paper.md).
  optimiser: 'muon',
  batch: 1,
  steps: 2000,
  passes: 70,
  stepsPerCall: 20,
  stepsOfBase: 800,
  stepsFromBase: 240,
  // 3e-3 leaves fits with two to three times the loss, and some seeds with none of the gain (docs/paper.md).
  learningRates: [1e-3, 0],
  learningRatesFromBase: [5e-4, 0],
};
