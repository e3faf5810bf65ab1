import type { Shape, Tensor } from '@oinr/graph';
import { add, conv2d, conv3d, gelu, leakyRelu, parameter, sin } from '@oinr/graph';
import type { RandomStream } from '@oinr/random';
import type { Initialisation } from './initialise.ts';
import { initialLayer } from './initialise.ts';

export type Activation = 'sin' | 'gelu' | 'leakyRelu';

/** A stack of convolutions with zero padding, an activation after all but the last. */
export interface ConvolutionalNetwork {
  /** Channels from input to output, for example [40, 64, 128, 256, 256, 128, 64, 1]. */
  readonly channels: readonly number[];
  readonly activation: Activation;
  /** Whether a hidden layer between equal widths adds its result to its input (He et al. 2016). */
  readonly residual: boolean;
  /** Whether layers have biases; they do where not given. */
  readonly bias?: boolean;
  /** 3 for volumes; 2 where not given. */
  readonly axes?: 2 | 3;
  /** The side of the kernels: 3 where not given, 1 for a network of each point by itself. */
  readonly kernel?: 1 | 3;
  readonly hiddenInitialisation: Initialisation;
  readonly lastInitialisation: Initialisation;
}

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
export function architectureName(network: ConvolutionalNetwork): string {
  const { channels, activation, residual, bias = true, axes = 2, kernel = 3 } = network;
  const kernels = Array.from({ length: axes }, () => kernel).join('x');
  return `conv${kernels} ${channels.join('-')} ${activation}${residual ? ' residual' : ''}${bias ? '' : ' without bias'}`;
}

export function weightName(layer: number): string {
  return `layer${layer}.weights`;
}
export function biasName(layer: number): string {
  return `layer${layer}.bias`;
}

/** Shapes of all parameters by name, layer by layer: kernels (outputs, inputs, ...kernel) and biases (outputs). */
export function parameterShapes({
  channels,
  bias = true,
  axes = 2,
  kernel = 3,
}: ConvolutionalNetwork): Record<string, Shape> {
  const shapes: Record<string, Shape> = {};
  const size = Array.from({ length: axes }, () => kernel);
  for (let layer = 0; layer + 1 < channels.length; layer++) {
    shapes[weightName(layer)] = [channels[layer + 1], channels[layer], ...size];
    if (bias) shapes[biasName(layer)] = [channels[layer + 1]];
  }
  return shapes;
}

/** Initial values, by the names used in `applyNetwork`, drawn layer by layer. */
export function initialParameters(
  network: ConvolutionalNetwork,
  random: RandomStream,
): Record<string, Float32Array> {
  const { channels, residual, bias = true, axes = 2, kernel = 3 } = network;
  const values: Record<string, Float32Array> = {};
  for (let layer = 0; layer + 1 < channels.length; layer++) {
    const [inputs, outputs] = [channels[layer], channels[layer + 1]];
    const last = layer + 2 === channels.length;
    const fanIn = inputs * kernel ** axes;
    const rule = last ? network.lastInitialisation : network.hiddenInitialisation;
    const { weights, biases } = initialLayer(random, outputs * fanIn, bias ? outputs : 0, fanIn, rule);
    // A residual branch starts at half strength, or the signal would double with every layer.
    const halved = residual && !last && layer > 0 && inputs === outputs;
    values[weightName(layer)] = halved ? weights.map((weight) => weight / 2) : weights;
    if (bias) values[biasName(layer)] = biases;
  }
  return values;
}

/**
 * The network's output for x (batch, channels[0], height, width): (batch, channels.at(-1), height, width); with three
 * axes, depth before height. `source` gives the parameters by name and shape, new ones where not given.
 */
export function applyNetwork(
  network: ConvolutionalNetwork,
  x: Tensor,
  source?: (name: string, shape: Shape) => Tensor,
): Tensor {
  return applyLayers(network, x, 0, source);
}

/**
 * The layers from `from` on. With from = 1, x is the first layer's result before its activation, for networks whose
 * first layer is computed in another way.
 */
export function applyLayers(
  network: ConvolutionalNetwork,
  x: Tensor,
  from: 0 | 1,
  source?: (name: string, shape: Shape) => Tensor,
): Tensor {
  return layerResults(network, x, from, source).at(-1) ?? x;
}

/** The results of the layers from `from` on, after their activations; the last is the network's output. */
export function layerResults(
  network: ConvolutionalNetwork,
  x: Tensor,
  from: 0 | 1 = 0,
  source: (name: string, shape: Shape) => Tensor = parameter,
): readonly Tensor[] {
  const { channels, residual, axes = 2 } = network;
  const convolve = axes === 2 ? conv2d : conv3d;
  const shapes = parameterShapes(network);
  const named = (name: string): Tensor | undefined => shapes[name] && source(name, shapes[name]);
  const activate = activations[network.activation];
  let hidden = from === 0 ? x : activate(x);
  const results: Tensor[] = [];
  for (let layer: number = from; layer + 1 < channels.length; layer++) {
    const [inputs, outputs] = [channels[layer], channels[layer + 1]];
    const weights = source(weightName(layer), shapes[weightName(layer)]);
    const next = convolve(hidden, weights, named(biasName(layer)));
    const last = layer + 2 === channels.length;
    const activated = last ? next : activate(next);
    hidden = !last && residual && layer > 0 && inputs === outputs ? add(hidden, activated) : activated;
    results.push(hidden);
  }
  return results;
}
