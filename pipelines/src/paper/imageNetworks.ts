import {
  channelsFirst,
  channelsLast,
  gridPoints,
  multiplicativeFilterNetwork,
  operatorNetwork,
  positionalEncoding,
  type Samples,
  type SignalNetwork,
  siren,
  wire,
} from '@oinr/inr';
import type { Image } from '@oinr/signals';
import type { PaperSettings } from './experiment.ts';

/** A network for images, with what it takes for the pixels and how it gives them. */
export interface ImageNetwork {
  readonly network: SignalNetwork;
  readonly octaves?: number;
  readonly x: Samples;
  readonly target: Samples;
  /** The image of the network's values. */
  readonly imageOf: (values: Float32Array) => Image;
}

/** O-INR of 3x3 kernels without biases on `octaves` octaves: `hidden` are the widths between. */
export function operatorOn(
  image: Image,
  octaves: number,
  hidden: readonly number[],
  learningRate?: number,
): ImageNetwork {
  const { channels, height, width, data } = image;
  return {
    network: operatorNetwork({ channels: [4 * octaves, ...hidden, channels], learningRate }),
    octaves,
    x: { values: positionalEncoding(octaves, height, width), shape: [1, 4 * octaves, height, width] },
    target: { values: data, shape: [1, channels, height, width] },
    imageOf: (values) => ({ channels, height, width, data: values }),
  };
}

/** A network of coordinates, which takes the pixels as points. */
export function coordinateNetworkOn(image: Image, network: SignalNetwork): ImageNetwork {
  const { channels, height, width, data } = image;
  const points = height * width;
  return {
    network,
    x: { values: gridPoints([height, width]), shape: [points, 2] },
    target: { values: channelsLast(data, channels), shape: [points, channels] },
    imageOf: (values) => ({ channels, height, width, data: channelsFirst(values, channels) }),
  };
}

/** Widths of networks with about equally many parameters (reals). */
interface Widths {
  /** Of O-INR's layers between encoding and image. */
  readonly oinr: readonly number[];
  readonly siren: number;
  /** Complex features. */
  readonly wire: number;
  readonly mfn: number;
}

/** Table 1: the paper's 172 thousand, and at a quarter of the sides as many for each value of the image. */
export const representationWidths: Readonly<Record<PaperSettings['size'], Widths>> = {
  quarter: { oinr: [16, 16, 16, 16, 16], siren: 86, wire: 60, mfn: 82 },
  full: { oinr: [64, 64, 64, 64, 64], siren: 292, wire: 206, mfn: 288 },
};

/** Table 2: the paper's 130 thousand, and about 8.4 thousand. */
export const denoisingWidths: Readonly<Record<PaperSettings['size'], Widths>> = {
  quarter: { oinr: [12, 12, 12, 12], siren: 62, wire: 43, mfn: 59 },
  full: { oinr: [64, 64, 64, 64], siren: 258, wire: 182, mfn: 256 },
};

export const sirenOn = (image: Image, { siren: width }: Widths, learningRate?: number): ImageNetwork =>
  coordinateNetworkOn(image, siren({ channels: [2, width, width, width, image.channels], learningRate }));

export const wireOn = (image: Image, { wire: width }: Widths, omega: number, sigma: number): ImageNetwork =>
  coordinateNetworkOn(image, wire({ axes: 2, width, channels: image.channels, omega, sigma }));

export const filterNetworkOn = (image: Image, { mfn: width }: Widths): ImageNetwork =>
  coordinateNetworkOn(image, multiplicativeFilterNetwork({ axes: 2, width, channels: image.channels }));
