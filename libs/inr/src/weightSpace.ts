import type { TensorValues } from '@oinr/graph';
import { linearSumAssignment } from 'linear-sum-assignment';
import { biasName, weightName } from './convolutionalNetwork.ts';
import type { OperatorNetwork } from './networks/operatorNetwork.ts';

/** The weights at t on the straight line from a (t = 0) to b (t = 1); only those named move, all where not given. */
export function weightsBetween(
  a: TensorValues,
  b: TensorValues,
  t: number,
  moving: readonly string[] = Object.keys(a),
): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(a).map(([name, from]) => {
      const to = moving.includes(name) ? b[name] : from;
      return [name, Float64Array.from(from, (value, i) => (1 - t) * value + t * to[i])];
    }),
  );
}

/** For every hidden layer, which channel of the other network takes the place of each channel of the first. */
export type ChannelOrders = readonly (readonly number[])[];

/**
 * By what channels are told to be alike: the cosine between their values at all pixels, or between 33 quantiles of their
 * values, which do not know where in the image these stand (the paper's "activation statistics").
 */
export const likenessNames = ['pixels', 'quantiles'] as const;
export type Likeness = (typeof likenessNames)[number];

/**
 * Pairs the channels of two networks of one shape, layer by layer, so that the sum of their cosines is largest: a linear
 * assignment (Jonker and Volgenant 1987; Crouse 2016). `a` and `b` hold the activations of each hidden layer, channel by
 * channel, shape (channels, pixels), of both networks at the same places.
 */
export function matchChannels(
  a: readonly Float32Array[],
  b: readonly Float32Array[],
  channels: readonly number[],
  likeness: Likeness,
): ChannelOrders {
  return channels.map((count, layer) => {
    const [left, right] = [a[layer], b[layer]].map((values) =>
      Array.from({ length: count }, (_, channel) => featuresOf(channelOf(values, channel, count), likeness)),
    );
    const cosines = left.map((x) => right.map((y) => dot(x, y)));
    const { rowAssignments } = linearSumAssignment(cosines, { maximaze: true });
    return Array.from(rowAssignments);
  });
}

/**
 * The weights of the same function with its hidden channels in another order: output channels of each hidden layer, and with
 * them the input channels of the next. Exact: only the order of sums changes.
 */
export function reorderChannels(
  { channels, shapes }: Pick<OperatorNetwork, 'channels' | 'shapes'>,
  weights: TensorValues,
  orders: ChannelOrders,
): Record<string, TensorValues[string]> {
  const reordered: Record<string, TensorValues[string]> = {};
  const identity = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
  for (let layer = 0; layer + 1 < channels.length; layer++) {
    const inputs = layer === 0 ? identity(channels[0]) : orders[layer - 1];
    const outputs = orders[layer] ?? identity(channels[layer + 1]);
    const kernel = shapes[weightName(layer)].slice(2).reduce((product, length) => product * length, 1);
    const from = weights[weightName(layer)];
    const to = from.slice();
    for (const [o, fromOutput] of outputs.entries()) {
      for (const [i, fromInput] of inputs.entries()) {
        const start = (fromOutput * inputs.length + fromInput) * kernel;
        to.set(from.subarray(start, start + kernel), (o * inputs.length + i) * kernel);
      }
    }
    reordered[weightName(layer)] = to;
    const bias = weights[biasName(layer)];
    if (bias) {
      const moved = bias.slice();
      for (const [o, fromOutput] of outputs.entries()) moved[o] = bias[fromOutput];
      reordered[biasName(layer)] = moved;
    }
  }
  return reordered;
}

function channelOf(values: Float32Array, channel: number, count: number): Float32Array {
  const pixels = values.length / count;
  return values.subarray(channel * pixels, (channel + 1) * pixels);
}

const quantiles = 33;

/** What stands for a channel, of length 1; zeros for a channel that is zero everywhere. */
function featuresOf(values: Float32Array, likeness: Likeness): Float64Array {
  const features = likeness === 'pixels' ? Float64Array.from(values) : quantilesOf(values);
  const length = Math.sqrt(dot(features, features));
  return length > 0 ? features.map((value) => value / length) : features;
}

/** Evenly spaced quantiles from the smallest to the largest value, linear between values. */
function quantilesOf(values: Float32Array): Float64Array {
  const sorted = values.toSorted();
  return Float64Array.from({ length: quantiles }, (_, n) => {
    const position = (n / (quantiles - 1)) * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
