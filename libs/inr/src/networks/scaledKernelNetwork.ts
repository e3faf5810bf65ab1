import type { Shape, Tensor } from '@oinr/graph';
import { constant, conv2d, matmul, reshape, sin, sizeOf } from '@oinr/graph';
import type { SignalNetwork } from './signalNetwork.ts';
import { sourcesOf, uniformValues } from './signalNetwork.ts';

export interface ScaledKernelOptions {
  /** From the encoding to the signal, for example [20, 32, 64, 64, 32, 1]. */
  readonly channels: readonly number[];
  /** Pixels of the longer side of a signal at which the kernels are 3x3; at other sizes they reach equally far in the image. */
  readonly reference: number;
  /** Of Adam: 1e-3 where not given. */
  readonly learningRate?: number;
}

/** Cosines along each axis. */
const harmonics = [0, 1, 2];
/** Half the width of a kernel, in pixels of the reference. */
const reach = 1.5;

/**
 * O-INR with kernels that scale: the kernels of a layer are functions K(d) of the offset d in the image's own units, zero beyond
 * 1.5 pixels of the reference, and what a layer does is the integral of K(d) z(x + d) over d. At every size a sum over pixels
 * stands for it: the weight of a tap is the integral of K over its pixel. So one operator serves every resolution, which the
 * paper promises of its continuous kernels (section 3.3).
 *
 * K is the last layer of a network whose first one are fixed cosines, V cos(m pi (d / 3 + 1 / 2)), m = 0 .. 2 along each
 * axis. At the reference they are an orthonormal basis of 3x3 kernels but for the means over pixels, so that training goes
 * as with these; with sines that are trained too (CKConv's) it ended 11 dB lower at equal steps.
 *
 * Layers have biases, sines stand between; all is uniform in +-1 / sqrt(9 inputs). Takes and gives (1, channels, height,
 * width) of any size.
 */
export function scaledKernelNetwork(options: ScaledKernelOptions): SignalNetwork {
  const { channels, reference, learningRate = 1e-3 } = options;
  const layers = channels.slice(1).map((outputs, n) => ({
    ...{ outputs, inputs: channels[n], last: n + 2 === channels.length },
    ...{ kernels: `layer${n}.kernels`, bias: `layer${n}.bias` },
  }));
  const functions = harmonics.length ** 2;
  const shapes: Record<string, Shape> = {};
  for (const { outputs, inputs, kernels, bias } of layers) {
    shapes[kernels] = [outputs, inputs, functions];
    shapes[bias] = [outputs];
  }
  const source = sourcesOf(shapes);
  return {
    name: 'oinr-scaled',
    shapes,
    learningRate,
    recipe: 'muon',
    initial(random) {
      const values: Record<string, Float32Array> = {};
      for (const { outputs, inputs, kernels, bias } of layers) {
        const bound = 1 / Math.sqrt(9 * inputs);
        values[kernels] = uniformValues(random, sizeOf(shapes[kernels]), bound);
        values[bias] = uniformValues(random, outputs, bound);
      }
      return values;
    },
    apply(x) {
      const [, , height, width] = x.shape;
      const basis = basisAt(reference / Math.max(height, width));
      const side = Math.sqrt(basis.shape[1]);
      let z: Tensor = x;
      for (const { outputs, inputs, kernels, bias, last } of layers) {
        const values = matmul(reshape(source(kernels), [outputs * inputs, functions]), basis);
        const next = conv2d(z, reshape(values, [outputs, inputs, side, side]), source(bias));
        z = last ? next : sin(next);
      }
      return z;
    },
  };
}

/** The taps of all basis functions for pixels of this side, in pixels of the reference: (functions, taps of both axes). */
function basisAt(pixel: number): Tensor {
  const along = basisAlong(pixel);
  const rows = along.flatMap((down) => along.map((right) => down.flatMap((y) => right.map((x) => y * x))));
  return constant(rows.flat(), [rows.length, rows[0].length]);
}

/** The same along one axis: each cosine's integrals over the pixels, as far as these lie inside of the reach. */
function basisAlong(pixel: number): number[][] {
  // The pixel of tap k begins |k| - 1/2 pixels away, which has to be inside.
  const furthest = Math.ceil(reach / pixel + 0.5) - 1;
  const inside = (offset: number): number => Math.min(reach, Math.max(-reach, offset));
  return harmonics.map((m) => {
    const size = Math.sqrt((m === 0 ? 1 : 2) / harmonics.length);
    const frequency = (m * Math.PI) / (2 * reach);
    const integral = (offset: number): number =>
      m === 0 ? offset : Math.sin(frequency * (offset + reach)) / frequency;
    return Array.from({ length: 2 * furthest + 1 }, (_, tap) => {
      const [from, to] = [tap - furthest - 0.5, tap - furthest + 0.5].map((edge) => inside(edge * pixel));
      return size * (integral(to) - integral(from));
    });
  });
}
