import type { Executor, Tensor, TensorValues } from '@oinr/graph';
import { forwardProgram, input } from '@oinr/graph';
import { gridEncoding, type SignalNetwork, spatialDerivative } from '@oinr/inr';
import type { Image } from '@oinr/signals';

/** Derivatives of an image down its rows (y) and along its columns (x), per pixel. */
export interface Slopes {
  readonly y: Image;
  readonly x: Image;
}

/**
 * The encoding of an image's pixels, or its derivative of this order along (rows, columns), per unit of the coordinate:
 * (4 octaves, height, width).
 */
export type EncodingOf = (order: readonly number[]) => Float32Array;

/** Its derivatives in closed form. */
export function exactEncoding(
  octaves: number,
  { height, width }: Pick<Image, 'height' | 'width'>,
): EncodingOf {
  return (order) => gridEncoding(octaves, [height, width], { order });
}

/**
 * Derivatives of an O-INR in closed form: `along` lists the axes (0: rows, 1: columns) of each that is asked for, per pixel
 * of that axis.
 */
export async function closedForm(
  executor: Executor,
  network: SignalNetwork,
  parameters: TensorValues,
  { channels, height, width }: Image,
  encoding: EncodingOf,
  along: readonly (readonly number[])[],
): Promise<Image[]> {
  const features = encoding([0, 0]).length / (height * width);
  const places = new Map<string, Tensor>();
  const place = (order: readonly number[]): Tensor => {
    const name = order.join('-');
    const known = places.get(name) ?? input(name, [1, features, height, width]);
    places.set(name, known);
    return known;
  };
  const outputs = Object.fromEntries(
    along.map((axes) => [axes.join('-'), spatialDerivative(network.apply, place, 2, axes)]),
  );
  const program = forwardProgram(outputs);
  const predictor = await executor.predictor(program);
  try {
    const feeds = program.inputs.map(({ attributes: { name } }) => [
      name,
      encoding(name.split('-').map(Number)),
    ]);
    const values = await predictor.run(parameters, Object.fromEntries(feeds));
    const pixel = [2 / (height - 1), 2 / (width - 1)];
    return along.map((axes) => {
      const scale = axes.reduce((product, axis) => product * pixel[axis], 1);
      const data = values[axes.join('-')].map((value) => value * scale);
      return { channels, height, width, data };
    });
  } finally {
    await predictor.dispose();
  }
}

/** Half the difference of both neighbours along an axis; 0 at the border. */
export function centralDifference(image: Image, axis: number): Image {
  return stencil(image, (at) => (axis === 1 ? at(0, 1) - at(0, -1) : at(1, 0) - at(-1, 0)) / 2);
}

/** Sobel's derivative: central differences, averaged over three lines with the weights 1, 2, 1. */
export function sobel(image: Image, axis: number): Image {
  const weights = [1, 2, 1];
  return stencil(image, (at) =>
    weights.reduce((sum, weight, i) => {
      const side = i - 1;
      const difference = axis === 1 ? at(side, 1) - at(side, -1) : at(1, side) - at(-1, side);
      return sum + (weight * difference) / 8;
    }, 0),
  );
}

/** The sum of both second differences; 0 at the border. */
export function laplacian(image: Image): Image {
  return stencil(image, (at) => at(0, 1) + at(0, -1) + at(1, 0) + at(-1, 0) - 4 * at(0, 0));
}

/** The length of the gradient, channel by channel. */
export function magnitude({ x, y }: Slopes): Image {
  return { ...x, data: x.data.map((value, i) => Math.hypot(value, y.data[i])) };
}

/** The values of all channels further than `border` pixels from the edge. */
export function inside({ channels, height, width, data }: Image, border: number): Float64Array {
  const values: number[] = [];
  for (let channel = 0; channel < channels; channel++)
    for (let row = border; row < height - border; row++)
      for (let column = border; column < width - border; column++)
        values.push(data[(channel * height + row) * width + column]);
  return Float64Array.from(values);
}

type At = (down: number, right: number) => number;

function stencil({ channels, height, width, data }: Image, value: (at: At) => number): Image {
  const result = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++)
    for (let row = 1; row + 1 < height; row++)
      for (let column = 1; column + 1 < width; column++) {
        const centre = (channel * height + row) * width + column;
        result[centre] = value((down, right) => data[centre + down * width + right]);
      }
  return { channels, height, width, data: result };
}
