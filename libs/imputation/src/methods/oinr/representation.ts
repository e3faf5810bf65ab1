import type { Tensor, TensorValues } from '@oinr/graph';
import { add, broadcastTo, conv2d, matmul, parameter, reshape, resident } from '@oinr/graph';
import {
  applyLayers,
  applyNetwork,
  architectureName,
  biasName,
  initialLayer,
  initialParameters,
  positionalEncoding,
  shiftGamma,
  waveGamma,
  waveGammaChannels,
  weightName,
} from '@oinr/inr';
import type { RandomStream } from '@oinr/random';
import type { OinrPreset } from './presets.ts';

/** Name of the resident that holds the positional encoding, and of the weights of the gamma functions. */
export const encodingName = 'encoding';
const gammaWeights = 'gamma.weights';

/** Numbers by which a position along the slice axis enters the network. */
export function gammaWidth({ gamma }: OinrPreset): number {
  return gamma.kind === 'shift' ? 1 : waveGammaChannels(gamma.octaves);
}

/** These numbers for a position 0 .. slices - 1 of the head's extent. */
export function gammaValues({ gamma }: OinrPreset, position: number, slices: number): number[] {
  return gamma.kind === 'shift'
    ? [shiftGamma(position, slices, gamma.alpha, gamma.beta)]
    : waveGamma(position, slices, gamma.octaves);
}

/** Everything that must agree for weights of one fit to start another. */
export function representationName({ octaves, gamma, network }: OinrPreset): string {
  const gammaName =
    gamma.kind === 'shift' ? `shift ${gamma.alpha} to ${gamma.beta}` : `${gamma.octaves} waves and z`;
  return `${octaves} octaves, gamma by ${gammaName}, ${architectureName(network)}`;
}

/** The resident positional encoding, (1, 4 octaves, rows, columns). */
export function encodingOf(preset: OinrPreset, rows: number, columns: number): TensorValues {
  return { [encodingName]: positionalEncoding(preset.octaves, rows, columns) };
}

/**
 * Slices as functions of gamma: gamma (batch, gammaWidth) -> (batch, 1, rows, columns) in units of the scale.
 *
 * Convolution is linear, so functions of gamma that are constant over the slice reach the first layer as one number
 * for each channel, and the encoding is convolved once for the whole batch.
 */
export function slicesOfGamma(preset: OinrPreset, gamma: Tensor, rows: number, columns: number): Tensor {
  const { network, octaves } = preset;
  const [batch] = gamma.shape;
  const encoding = resident(encodingName, [1, 4 * octaves, rows, columns]);
  if (preset.gamma.kind === 'shift') {
    const shift = reshape(gamma, [batch, 1, 1, 1]);
    return applyNetwork(network, add(broadcastTo(encoding, [batch, 4 * octaves, rows, columns]), shift));
  }
  const [inputs, first] = network.channels;
  const shared = conv2d(
    encoding,
    parameter(weightName(0), [first, inputs, 3, 3]),
    parameter(biasName(0), [first]),
  );
  const own = matmul(gamma, parameter(gammaWeights, [gammaWidth(preset), first]));
  return applyLayers(network, add(shared, reshape(own, [batch, first, 1, 1])), 1);
}

/** Initial values; `mean` is that of the kept slices in units of the scale. */
export function initialRepresentation(
  preset: OinrPreset,
  mean: number,
  random: RandomStream,
): Record<string, Float32Array> {
  const values = initialParameters(preset.network, random);
  const { channels } = preset.network;
  if (preset.gamma.kind === 'waves') {
    const width = gammaWidth(preset);
    values[gammaWeights] = initialLayer(random, width * channels[1], 0, width, 'wide').weights;
  }
  if (preset.startAtMean) values[biasName(channels.length - 2)] = Float32Array.of(mean);
  return values;
}
