import type { Shape, Tensor } from '@oinr/graph';
import { add, constant, conv2d, matmul, multiply, reshape, sin, sizeOf, transpose } from '@oinr/graph';
import type { SignalNetwork } from './signalNetwork.ts';
import { sourcesOf, uniformValues } from './signalNetwork.ts';

export interface KernelNetworkOptions {
  /** From the encoding to the signal, for example [41, 64, 128, 128, 64, 3]. */
  readonly channels: readonly number[];
  /** Sines of the net that gives the kernels; 2 where not given. */
  readonly hidden?: number;
  /** Frequency of these sines; 42 where not given. */
  readonly omega?: number;
  /** 5e-3 where not given. */
  readonly learningRate?: number;
}

const taps = [-1, 0, 1];

/**
 * O-INR with the "continuous" kernels of the authors' code (CKConv, Romero et al. 2022; paper, section 3.3): those of a layer are
 * the values K(d) = V sin(omega (U d + a)) + c of a small network at the offsets -1, 0 and 1 in both directions, all pairs of
 * channels sharing U and a. The offsets are the same for every size of the signal, and so is the kernel: it is a common 3x3
 * kernel of low rank. Kernels that follow the resolution are those of `scaledKernelNetwork`.
 *
 * U is uniform in +-1 / 2, V in +-sqrt(3 / hidden / (9 inputs)), and all else zero. Takes and gives (1, channels, height,
 * width) of any size.
 */
export function kernelNetwork(options: KernelNetworkOptions): SignalNetwork {
  const { channels, hidden = 2, omega = 42, learningRate = 5e-3 } = options;
  const layers = channels.slice(1).map((outputs, n) => {
    const name = (part: string): string => `layer${n}.${part}`;
    return { outputs, inputs: channels[n], name, last: n + 2 === channels.length };
  });
  const shapes: Record<string, Shape> = {};
  for (const { outputs, inputs, name } of layers) {
    shapes[name('frequencies')] = [hidden, 2];
    shapes[name('phases')] = [hidden];
    shapes[name('kernels')] = [outputs, inputs, hidden];
    shapes[name('offset')] = [outputs, inputs];
    shapes[name('bias')] = [outputs];
  }
  const source = sourcesOf(shapes);
  const offsets = constant(
    taps.flatMap((down) => taps.flatMap((right) => [down, right])),
    [taps.length ** 2, 2],
  );

  const kernelOf = ({ outputs, inputs, name }: (typeof layers)[number]): Tensor => {
    const angles = add(
      matmul(offsets, source(name('frequencies')), { transposeB: true }),
      source(name('phases')),
    );
    const sines = transpose(sin(multiply(angles, omega)), [1, 0]);
    const pairs = outputs * inputs;
    const values = add(
      matmul(reshape(source(name('kernels')), [pairs, hidden]), sines),
      reshape(source(name('offset')), [pairs, 1]),
    );
    return reshape(values, [outputs, inputs, taps.length, taps.length]);
  };
  return {
    name: 'ckconv',
    shapes,
    learningRate,
    recipe: 'paper',
    initial(random) {
      const values: Record<string, Float32Array> = {};
      for (const { outputs, inputs, name } of layers) {
        const bound = Math.sqrt(3 / (hidden * 9 * inputs));
        values[name('frequencies')] = uniformValues(random, hidden * 2, 1 / 2);
        values[name('phases')] = new Float32Array(hidden);
        values[name('kernels')] = uniformValues(random, sizeOf([outputs, inputs, hidden]), bound);
        values[name('offset')] = new Float32Array(outputs * inputs);
        values[name('bias')] = new Float32Array(outputs);
      }
      return values;
    },
    apply(x) {
      let z = x;
      for (const layer of layers) {
        const next = conv2d(z, kernelOf(layer), source(layer.name('bias')));
        z = layer.last ? next : sin(next);
      }
      return z;
    },
  };
}
