import type { Shape, Tensor } from '@oinr/graph';
import { add, constant, conv2d, matmul, multiply, reshape, sin, sizeOf, transpose } from '@oinr/graph';
import type { RecipeName } from '../recipe.ts';
import type { SignalNetwork } from './signalNetwork.ts';
import { sourcesOf, uniformValues } from './signalNetwork.ts';

/** How a kernel follows the resolution of a signal. */
export type KernelScaling =
  /**
   * Not at all, as in the authors' code: nine values at the offsets -1, 0 and 1, whatever the image's size. The kernel is then
   * a 3x3 kernel of low rank, and "continuous" in name.
   */
  | 'none'
  /**
   * Offsets are in units of the image: those of `reference` pixels on its longer side. A pixel's value is the mean of the
   * kernel over the pixel times its area, so that one function serves every resolution: the operator is an integral, of
   * which each size is a sum.
   */
  | 'image';

export interface KernelNetworkOptions {
  /** From the encoding to the signal, for example [41, 64, 128, 128, 64, 3]. */
  readonly channels: readonly number[];
  /** Hidden units of the net that gives the kernels. */
  readonly hidden: number;
  /** Frequency of its sines. */
  readonly omega: number;
  readonly scaling: KernelScaling;
  /** The length of a side, in pixels, at which a pixel is the unit of offsets; for the scaling `image`. */
  readonly reference?: number;
  /** 5e-3 where not given. */
  readonly learningRate?: number;
  /** `paper` where not given. */
  readonly recipe?: RecipeName;
}

/** Half the width of a scaled kernel, in units of offsets: 3x3 at the reference. */
const reach = 1.5;
/** Points in each direction whose mean is that of a pixel. */
const pointsPerPixel = 4;

/**
 * O-INR whose kernels are the values of a small network at their offsets (Romero et al. 2022, CKConv; paper, section 3.3):
 * for each layer K(d) = V sin(omega (U d + a)) + c with `hidden` sines, all pairs of channels sharing U and a. Layers have
 * biases, sines stand between. U is uniform in +-1 / 2. As published, V is uniform in +-sqrt(3 / hidden / (9 inputs)) and all
 * else zero, so that every kernel is zero in its middle; scaled kernels begin with phases anywhere, and V with which they have
 * the variance of a common 3x3 layer.
 *
 * Takes and gives (1, channels, height, width) of any size.
 */
export function kernelNetwork(options: KernelNetworkOptions): SignalNetwork {
  const { channels, hidden, omega, scaling, reference = 0, learningRate = 5e-3, recipe = 'paper' } = options;
  const layers = channels.slice(1).map((outputs, n) => {
    const name = (part: string): string => `layer${n}.${part}`;
    return { n, outputs, inputs: channels[n], name };
  });
  const shapes: Record<string, Shape> = {};
  for (const { outputs, inputs, name } of layers) {
    shapes[name('frequencies')] = [hidden, 2];
    shapes[name('phases')] = [hidden];
    shapes[name('kernels')] = [outputs, inputs * hidden];
    shapes[name('offset')] = [outputs, inputs];
    shapes[name('bias')] = [outputs];
  }
  const source = sourcesOf(shapes);

  /** The kernel of a layer for a grid, (outputs, inputs, rows, columns). */
  const kernelFor = ({ outputs, inputs, name }: (typeof layers)[number], grid: Grid): Tensor => {
    const { offsets, weights, rows, columns } = grid;
    const angles = add(
      matmul(constant(offsets, [offsets.length / 2, 2]), multiply(source(name('frequencies')), omega), {
        transposeB: true,
      }),
      multiply(source(name('phases')), omega),
    );
    const taps = rows * columns;
    // (taps, points) x (points, hidden): the sines' means over each pixel, windowed and times its area.
    const mean = (values: Tensor): Tensor => matmul(constant(weights, [taps, offsets.length / 2]), values);
    const sines = transpose(mean(sin(angles)), [1, 0]);
    const ones = reshape(
      mean(constant(new Float64Array(offsets.length / 2).fill(1), [offsets.length / 2, 1])),
      [1, taps],
    );
    const varying = matmul(reshape(source(name('kernels')), [outputs * inputs, hidden]), sines);
    const level = matmul(reshape(source(name('offset')), [outputs * inputs, 1]), ones);
    return reshape(add(varying, level), [outputs, inputs, rows, columns]);
  };
  return {
    name: scaling === 'none' ? 'ckconv' : 'oinr-scaled',
    shapes,
    learningRate,
    recipe,
    initial(random) {
      const values: Record<string, Float32Array> = {};
      for (const { outputs, inputs, name } of layers) {
        const isPublished = scaling === 'none';
        const bound = Math.sqrt((isPublished ? 3 : 2) / (hidden * 9 * inputs));
        values[name('frequencies')] = uniformValues(random, hidden * 2, 1 / 2);
        values[name('phases')] = isPublished
          ? new Float32Array(hidden)
          : uniformValues(random, hidden, Math.PI / omega);
        values[name('kernels')] = uniformValues(random, sizeOf([outputs, inputs, hidden]), bound);
        values[name('offset')] = new Float32Array(outputs * inputs);
        values[name('bias')] = new Float32Array(outputs);
      }
      return values;
    },
    apply(x) {
      const [, , height, width] = x.shape;
      const grid = scaling === 'none' ? fixedGrid : scaledGrid(height, width, reference);
      let z = x;
      for (const layer of layers) {
        const next = conv2d(z, kernelFor(layer, grid), source(layer.name('bias')));
        z = layer.n + 1 === layers.length ? next : sin(next);
      }
      return z;
    },
  };
}

/** Where a kernel is evaluated, and how its values there make the taps. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** (points, 2): down and right. */
  readonly offsets: Float64Array;
  /** (taps, points). */
  readonly weights: Float64Array;
}

/** The nine taps of the authors' code. */
const fixedGrid: Grid = (() => {
  const steps = [-1, 0, 1];
  const offsets = Float64Array.from(steps.flatMap((down) => steps.flatMap((right) => [down, right])));
  const weights = Float64Array.from({ length: 81 }, (_, i) => (Math.floor(i / 9) === i % 9 ? 1 : 0));
  return { rows: 3, columns: 3, offsets, weights };
})();

/** All taps whose pixels the kernel's window reaches. */
function scaledGrid(height: number, width: number, reference: number): Grid {
  const pixel = reference / Math.max(height, width);
  // Pixel k covers (|k| - 1/2) .. (|k| + 1/2), which begins inside the window for all |k| up to this.
  const side = Math.ceil(reach / pixel + 0.5) - 1;
  const taps = Array.from({ length: 2 * side + 1 }, (_, i) => i - side);
  const within = Array.from({ length: pointsPerPixel }, (_, i) => (i + 0.5) / pointsPerPixel - 0.5);
  const along = taps.flatMap((tap) => within.map((part) => (tap + part) * pixel));
  const count = along.length ** 2;
  const offsets = Float64Array.from(along.flatMap((down) => along.flatMap((right) => [down, right])));
  const weights = new Float64Array(taps.length ** 2 * count);
  const inWindow = (offset: number): boolean => Math.abs(offset) < reach;
  for (let point = 0; point < count; point++) {
    const [row, column] = [Math.floor(point / along.length), point % along.length];
    const tap = Math.floor(row / pointsPerPixel) * taps.length + Math.floor(column / pointsPerPixel);
    if (inWindow(along[row]) && inWindow(along[column]))
      weights[tap * count + point] = pixel ** 2 / pointsPerPixel ** 2;
  }
  return { rows: taps.length, columns: taps.length, offsets, weights };
}
