import type { Tensor } from '@oinr/graph';
import { add, conv2d, leakyRelu, matmul, multiply, parameter, reshape, sizeOf } from '@oinr/graph';
import { initialLayer } from '@oinr/inr';
import type { RandomStream } from '@oinr/random';
import { geometryFunctionCount } from './gapFunctions.ts';

/**
 * The operator's network. It works on one gap at a time: six kept slices around it come in as channels, and 2-D
 * convolutions run within the slices, so it sees three dimensions at the price of two. Pixels are taken in blocks of
 * 2 x 2 as four channels (Zhang et al. 2018, FFDNet), which doubles its view at no cost.
 *
 * No layer has a bias and the activation is homogeneous, so the correction scales exactly with the intensities
 * (Mohan et al. 2020, "Robust and interpretable blind image denoising via bias-free CNNs"). The geometry of the gap
 * scales each channel (Perez et al. 2018, FiLM, without the shift, which would be a bias).
 */
export interface PriorNetwork {
  /** Kept slices on each side of the gap. */
  readonly reach: number;
  /** Side of the blocks of pixels taken as channels. */
  readonly block: number;
  readonly width: number;
  /** Residual layers between the first and the last. */
  readonly depth: number;
  /** Number of phase functions. */
  readonly phases: number;
}

export const priorNetwork: PriorNetwork = { reach: 3, block: 2, width: 96, depth: 3, phases: 7 };

const kernel = 3;
const slope = 0.1;
// Corrections are a few hundredths of the intensities: without this, Adam's first steps would overshoot them.
const outputScale = 0.05;

export function inputChannels({ reach, block }: PriorNetwork): number {
  return 2 * reach * block ** 2;
}
export function outputChannels({ phases, block }: PriorNetwork): number {
  return phases * block ** 2;
}

const firstName = 'first';
const lastName = 'last';
const layerName = (n: number): string => `residual${n}`;
const kernelName = (layer: string): string => `${layer}.kernel`;
const gainName = (layer: string): string => `${layer}.gain`;

/** Shapes of all parameters by name. */
export function parameterShapes(network: PriorNetwork): Record<string, number[]> {
  const { width, depth } = network;
  const hidden = [firstName, ...Array.from({ length: depth }, (_, n) => layerName(n))];
  const shapes: Record<string, number[]> = {};
  for (const [n, layer] of hidden.entries()) {
    shapes[kernelName(layer)] = [width, n === 0 ? inputChannels(network) : width, kernel, kernel];
    shapes[gainName(layer)] = [geometryFunctionCount, width];
  }
  shapes[kernelName(lastName)] = [outputChannels(network), width, kernel, kernel];
  return shapes;
}

/** The names of all kernels, which are trained by Muon; the gains are left to Adam. */
export function kernelNames(network: PriorNetwork): string[] {
  return Object.keys(parameterShapes(network)).filter((name) => name.endsWith('.kernel'));
}

/** Initial values: wide uniform kernels (half strength in residual layers), no effect of the geometry, no output. */
export function initialWeights(network: PriorNetwork, random: RandomStream): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameterShapes(network)).map(([name, shape]) => {
      const zero = name.endsWith('.gain') || name === kernelName(lastName);
      const fanIn = sizeOf(shape.slice(1));
      const { weights } = initialLayer(random, sizeOf(shape), 0, fanIn, zero ? 'zero' : 'wide');
      const half = name.startsWith('residual');
      return [name, half ? weights.map((weight) => weight / 2) : weights];
    }),
  );
}

/**
 * The coefficients of the phase functions: x (batch, inputChannels, rows, columns) of blocks and `geometry`
 * (batch, 7) -> (batch, outputChannels, rows, columns), phase function slowest. Without `geometry` the kernels are
 * taken as they are (see `foldGeometry`).
 */
export function applyPriorNetwork(network: PriorNetwork, x: Tensor, geometry?: Tensor): Tensor {
  const shapes = parameterShapes(network);
  const named = (name: string): Tensor => parameter(name, shapes[name]);
  const layer = (input: Tensor, name: string): Tensor => {
    const convolved = conv2d(input, named(kernelName(name)));
    if (!geometry) return leakyRelu(convolved, slope);
    const gain = add(matmul(geometry, named(gainName(name))), 1);
    return leakyRelu(multiply(convolved, reshape(gain, [x.shape[0], network.width, 1, 1])), slope);
  };
  let hidden = layer(x, firstName);
  for (let n = 0; n < network.depth; n++) hidden = add(hidden, layer(hidden, layerName(n)));
  return multiply(conv2d(hidden, named(kernelName(lastName))), outputScale);
}

/** The kernels for one geometry, with the gains multiplied in: the parameters of a network without `geometry`. */
export function foldGeometry(
  network: PriorNetwork,
  weights: Readonly<Record<string, Float32Array>>,
  geometry: readonly number[],
): Record<string, Float32Array> {
  const folded: Record<string, Float32Array> = {};
  for (const [name, values] of Object.entries(weights)) {
    if (name.endsWith('.gain')) continue;
    const gains = weights[name.replace('.kernel', '.gain')];
    if (!gains) {
      folded[name] = values;
      continue;
    }
    const perOutput = values.length / network.width;
    folded[name] = values.map((value, i) => {
      const channel = Math.floor(i / perOutput);
      return value * geometry.reduce((gain, g, n) => gain + g * gains[n * network.width + channel], 1);
    });
  }
  return folded;
}

/**
 * The correction at given phases: coefficients (batch, phases * block^2, rows, columns) and `basis` (batch or 1,
 * wanted, phases) -> (batch, wanted, block^2 * rows * columns).
 */
export function correctionAt(network: PriorNetwork, coefficients: Tensor, basis: Tensor): Tensor {
  const [batch, channels, rows, columns] = coefficients.shape;
  const pixels = (channels / network.phases) * rows * columns;
  return matmul(basis, reshape(coefficients, [batch, network.phases, pixels]));
}
