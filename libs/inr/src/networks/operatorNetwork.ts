import type { Tensor } from '@oinr/graph';
import type { ConvolutionalNetwork } from '../convolutionalNetwork.ts';
import { applyNetwork, initialParameters, layerResults, parameterShapes } from '../convolutionalNetwork.ts';
import type { SignalNetwork } from './signalNetwork.ts';
import { sourcesOf } from './signalNetwork.ts';

export interface OperatorNetworkOptions {
  /** Channels from the encoding to the signal, for example [40, 64, 64, 64, 64, 64, 3]. */
  readonly channels: readonly number[];
  /** 3 for volumes; 2 where not given. */
  readonly axes?: 2 | 3;
  /** The side of the kernels: 3 where not given, 1 for a network of each point by itself. */
  readonly kernel?: 1 | 3;
  /** Whether layers have biases: by default only volumes' do, as in the authors' code. */
  readonly bias?: boolean;
  /** 1e-3 where not given. */
  readonly learningRate?: number;
}

/** A stack of convolutions whose hidden layers can be looked at. */
export interface OperatorNetwork extends SignalNetwork {
  /** From the encoding to the signal. */
  readonly channels: readonly number[];
  /** The results of all hidden layers after their activations, (batch, channels, ...space) each. */
  hidden(x: Tensor): readonly Tensor[];
}

/**
 * O-INR: a stack of 3x3 (3x3x3) convolutions with zero padding and sines between, which maps the encoding of a whole grid
 * to the signal there (paper, section 3). Weights as PyTorch draws them, uniform in +-1 / sqrt(fan-in).
 */
export function operatorNetwork(options: OperatorNetworkOptions): OperatorNetwork {
  const { channels, axes = 2, kernel = 3, bias = axes === 3, learningRate = 1e-3 } = options;
  const network: ConvolutionalNetwork = {
    channels,
    axes,
    kernel,
    bias,
    activation: 'sin',
    residual: false,
    hiddenInitialisation: 'default',
    lastInitialisation: 'default',
  };
  const shapes = parameterShapes(network);
  const source = sourcesOf(shapes);
  return {
    name: 'oinr',
    shapes,
    learningRate,
    recipe: 'muon',
    initial: (random) => initialParameters(network, random),
    apply: (x) => applyNetwork(network, x, source),
    channels,
    hidden: (x) => layerResults(network, x, 0, source).slice(0, -1),
  };
}

/** 172,224 weights: the only stack of the paper's "172k" that its text allows (six layers of 3x3 without bias). */
export const paperImageChannels: readonly number[] = [40, 64, 64, 64, 64, 64, 3];
/** 319,680 weights: the stack of the authors' public code for images. */
export const publicImageChannels: readonly number[] = [40, 64, 128, 128, 64, 3];
/** 15,408 weights: as many for each value of an image of a quarter of the size (each side) as the paper's. */
export const quarterImageChannels: readonly number[] = [40, 16, 16, 16, 16, 16, 3];
