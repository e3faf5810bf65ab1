import type { Tensor } from '@oinr/graph';
import { add, conv2d, gelu, leakyRelu, parameter, sin } from '@oinr/graph';
import type { RandomStream } from '@oinr/random';
import type { Initialisation } from './initialise.ts';
import { initialLayer } from './initialise.ts';

export type Activation = 'sin' | 'gelu' | 'leakyRelu';

/** A stack of 3x3 convolutions with biases and zero padding, an activation after all but the last. */
export interface ConvolutionalNetwork {
  /** Channels from input to output, for example [40, 64, 128, 256, 256, 128, 64, 1]. */
  readonly channels: readonly number[];
  readonly activation: Activation;
  /** Whether a hidden layer between equal widths adds its result to its input (He et al. 2016). */
  readonly residual: boolean;
  readonly hiddenInitialisation: Initialisation;
  readonly lastInitialisation: Initialisation;
}

const kernel = 3;
const activations = { sin, gelu, leakyRelu: (x: Tensor): Tensor => leakyRelu(x, 0.1) };

/** The paper's network (its public code): 1,351,617 weights for 40 input channels. */
export const paperNetwork: ConvolutionalNetwork = {
  channels: [40, 64, 128, 256, 256, 128, 64, 1],
  activation: 'sin',
  residual: false,
  hiddenInitialisation: 'default',
  lastInitialisation: 'default',
};

/** What must agree for the weights of one network to fit another, as a short name: `conv3x3 40-64-1 sin`. */
export function architectureName({ channels, activation, residual }: ConvolutionalNetwork): string {
  return `conv3x3 ${channels.join('-')} ${activation}${residual ? ' residual' : ''}`;
}

export function weightName(layer: number): string {
  return `layer${layer}.weights`;
}
export function biasName(layer: number): string {
  return `layer${layer}.bias`;
}

/** Initial values, by the names used in `applyNetwork`, drawn layer by layer. */
export function initialParameters(
  network: ConvolutionalNetwork,
  random: RandomStream,
): Record<string, Float32Array> {
  const { channels, residual } = network;
  const values: Record<string, Float32Array> = {};
  for (let layer = 0; layer + 1 < channels.length; layer++) {
    const [inputs, outputs] = [channels[layer], channels[layer + 1]];
    const last = layer + 2 === channels.length;
    const fanIn = inputs * kernel ** 2;
    const rule = last ? network.lastInitialisation : network.hiddenInitialisation;
    const { weights, biases } = initialLayer(random, outputs * fanIn, outputs, fanIn, rule);
    // A residual branch starts at half strength, or the signal would double with every layer.
    const halved = residual && !last && layer > 0 && inputs === outputs;
    values[weightName(layer)] = halved ? weights.map((weight) => weight / 2) : weights;
    values[biasName(layer)] = biases;
  }
  return values;
}

/** The network's output for x (batch, channels[0], height, width): (batch, channels.at(-1), height, width). */
export function applyNetwork(network: ConvolutionalNetwork, x: Tensor): Tensor {
  return applyLayers(network, x, 0);
}

/**
 * The layers from `from` on. With from = 1, x is the first layer's result before its activation, for networks whose
 * first layer is computed in another way.
 */
export function applyLayers(network: ConvolutionalNetwork, x: Tensor, from: 0 | 1): Tensor {
  const { channels, residual } = network;
  const activate = activations[network.activation];
  let hidden = from === 0 ? x : activate(x);
  for (let layer: number = from; layer + 1 < channels.length; layer++) {
    const [inputs, outputs] = [channels[layer], channels[layer + 1]];
    const weights = parameter(weightName(layer), [outputs, inputs, kernel, kernel]);
    const next = conv2d(hidden, weights, parameter(biasName(layer), [outputs]));
    if (layer + 2 === channels.length) return next;
    const activated = activate(next);
    hidden = residual && layer > 0 && inputs === outputs ? add(hidden, activated) : activated;
  }
  return hidden;
}
