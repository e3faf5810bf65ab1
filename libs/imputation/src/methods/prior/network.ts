import type { Tensor } from '@oinr/graph';
import { add, conv2d, leakyRelu, matmul, multiply, parameter, reshape, sizeOf } from '@oinr/graph';
import { initialLayer } from '@oinr/inr';
import type { RandomStream } from '@oinr/random';
import { geometryFunctionCount } from './gapFunctions.ts';

/**
 * The operator's network. It works on stacks of neighbouring gaps: for each gap six kept slices around it come in as
 * channels, and 2-D convolutions run within the slices, so it sees three dimensions at the price of two. In every
 * residual layer what the gap before and the gap after have found is added through 1x1 convolutions (in the manner of
 * pseudo-3D residual networks, Qiu et al. 2017), so that what is drawn goes on from gap to gap. Pixels are taken in
 * blocks of 2 x 2 as four channels (Zhang et al. 2018, FFDNet), which doubles its view at no cost.
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

export const priorNetwork: PriorNetwork = { reach: 3, block: 2, width: 96, depth: 4, phases: 7 };

/** Through how many gaps on each side a gap is influenced: one for each layer that mixes them. */
export function mixingReach({ depth }: PriorNetwork): number {
  return depth;
}

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
/** The 1x1 kernels on what the gap before and the gap after hold. */
const mixingNames = (layer: string) => [`${layer}.before`, `${layer}.after`] as const;
const isGain = (name: string): boolean => name.endsWith('.gain');
const layerOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

/** Shapes of all parameters by name. */
export function parameterShapes(network: PriorNetwork): Record<string, number[]> {
  const { width, depth } = network;
  const hidden = [firstName, ...Array.from({ length: depth }, (_, n) => layerName(n))];
  const shapes: Record<string, number[]> = {};
  for (const [n, layer] of hidden.entries()) {
    shapes[kernelName(layer)] = [width, n === 0 ? inputChannels(network) : width, kernel, kernel];
    if (n > 0) for (const name of mixingNames(layer)) shapes[name] = [width, width, 1, 1];
    shapes[gainName(layer)] = [geometryFunctionCount, width];
  }
  shapes[kernelName(lastName)] = [outputChannels(network), width, kernel, kernel];
  return shapes;
}

/** The names of all kernels, which are trained by Muon; the gains are left to Adam. */
export function kernelNames(network: PriorNetwork): string[] {
  return Object.keys(parameterShapes(network)).filter((name) => !isGain(name));
}

/**
 * Initial values: wide uniform kernels (half strength in residual layers), no mixing of gaps, no effect of the geometry,
 * no output.
 */
export function initialWeights(network: PriorNetwork, random: RandomStream): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameterShapes(network)).map(([name, shape]) => {
      const zero = !name.endsWith('.kernel') || name === kernelName(lastName);
      const fanIn = sizeOf(shape.slice(1));
      const { weights } = initialLayer(random, sizeOf(shape), 0, fanIn, zero ? 'zero' : 'wide');
      const half = name.startsWith('residual');
      return [name, half ? weights.map((weight) => weight / 2) : weights];
    }),
  );
}

/**
 * The coefficients of the phase functions for a stack of neighbouring gaps, or for several stacks at once: of every gap
 * (stacks, inputChannels, rows, columns) of blocks -> (stacks, outputChannels, rows, columns), phase function slowest.
 * Beyond the ends of a stack there is nothing to mix. `geometry` is (stacks, geometry functions); absent where the kernels
 * are taken as they are (see `foldGeometry`).
 *
 * Gaps are tensors of their own: what one hands to its neighbours is read where it lies, and an executor that
 * takes the nodes depth first holds no more than a few gaps of each layer.
 */
export function applyPriorNetwork(
  network: PriorNetwork,
  gaps: readonly Tensor[],
  geometry?: Tensor,
): readonly Tensor[] {
  const shapes = parameterShapes(network);
  const named = (name: string): Tensor => parameter(name, shapes[name]);
  const activation = (name: string): ((convolved: Tensor) => Tensor) => {
    if (!geometry) return (convolved) => leakyRelu(convolved, slope);
    const gain = add(matmul(geometry, named(gainName(name))), 1);
    const perChannel = reshape(gain, [geometry.shape[0], network.width, 1, 1]);
    return (convolved) => leakyRelu(multiply(convolved, perChannel), slope);
  };
  const first = named(kernelName(firstName));
  let hidden = gaps.map((gap) => conv2d(gap, first)).map(activation(firstName));
  for (let n = 0; n < network.depth; n++) {
    const name = layerName(n);
    const [within, before, after] = [kernelName(name), ...mixingNames(name)].map(named);
    const activated = activation(name);
    hidden = hidden.map((own, gap) => {
      const parts = [
        ...(gap > 0 ? [conv2d(hidden[gap - 1], before)] : []),
        ...(gap + 1 < hidden.length ? [conv2d(hidden[gap + 1], after)] : []),
        conv2d(own, within),
      ];
      return add(own, activated(parts.reduce((sum, part) => add(sum, part))));
    });
  }
  const last = named(kernelName(lastName));
  return hidden.map((gap) => multiply(conv2d(gap, last), outputScale));
}

/** The kernels for one geometry, with the gains multiplied in: the parameters of a network without `geometry`. */
export function foldGeometry(
  network: PriorNetwork,
  weights: Readonly<Record<string, Float32Array>>,
  geometry: readonly number[],
): Record<string, Float32Array> {
  const folded: Record<string, Float32Array> = {};
  for (const [name, values] of Object.entries(weights)) {
    if (isGain(name)) continue;
    const gains = weights[gainName(layerOf(name))];
    if (!gains) {
      folded[name] = values;
      continue;
    }
    const perOutput = values.length / network.width;
    const perChannel = Float64Array.from({ length: network.width }, (_, channel) =>
      geometry.reduce((gain, g, n) => gain + g * gains[n * network.width + channel], 1),
    );
    folded[name] = values.map((value, i) => value * perChannel[Math.floor(i / perOutput)]);
  }
  return folded;
}

/**
 * The kernels of a network for these phases alone: `phases` phase functions become one output for each row of `basis`
 * (wanted, phases), so the network of `atPhases` gives corrections in place of coefficients.
 */
export function foldPhases(
  network: PriorNetwork,
  parameters: Readonly<Record<string, Float32Array>>,
  basis: readonly (readonly number[])[],
): Record<string, Float32Array> {
  const name = kernelName(lastName);
  const last = parameters[name];
  const size = last.length / network.phases;
  const folded = basis.map((functions) =>
    Float32Array.from({ length: size }, (_, i) =>
      functions.reduce((sum, value, n) => sum + value * last[n * size + i], 0),
    ),
  );
  return { ...parameters, [name]: Float32Array.from(folded.flatMap((values) => [...values])) };
}

/** The network whose outputs are corrections at `wanted` phases; see `foldPhases`. */
export function atPhases(network: PriorNetwork, wanted: number): PriorNetwork {
  return { ...network, phases: wanted };
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
