import type { Shape, Tensor } from '@oinr/graph';
import { add, matmul, multiply, sin, sizeOf } from '@oinr/graph';
import type { SignalNetwork } from './signalNetwork.ts';
import { sourcesOf, uniformValues } from './signalNetwork.ts';

export interface SirenOptions {
  /** From axes to channels, for example [2, 256, 256, 256, 3]: the layers between have sines. */
  readonly channels: readonly number[];
  /** The frequency omega_0 of every sine; 30 where not given. */
  readonly omega?: number;
  /** 1e-3 where not given; the authors' repository has 1e-4, with which 300 steps end 7 dB lower. */
  readonly learningRate?: number;
}

/**
 * SIREN (Sitzmann et al. 2020, "Implicit neural representations with periodic activation functions"): layers
 * sin(omega (W x + b)), the last one linear. Weights are uniform in +-1 / fan-in in the first layer and in
 * +-sqrt(6 / fan-in) / omega in all others; biases in +-1 / sqrt(fan-in).
 */
export function siren({ channels, omega = 30, learningRate = 1e-3 }: SirenOptions): SignalNetwork {
  const layers = channels.slice(1).map((outputs, n) => ({ inputs: channels[n], outputs, n }));
  const weights = (n: number): string => `layer${n}.weights`;
  const bias = (n: number): string => `layer${n}.bias`;
  const shapes: Record<string, Shape> = {};
  for (const { inputs, outputs, n } of layers) {
    shapes[weights(n)] = [outputs, inputs];
    shapes[bias(n)] = [outputs];
  }
  const source = sourcesOf(shapes);
  return {
    name: 'siren',
    shapes,
    learningRate,
    recipe: 'paper',
    initial(random) {
      const values: Record<string, Float32Array> = {};
      for (const { inputs, outputs, n } of layers) {
        const bound = n === 0 ? 1 / inputs : Math.sqrt(6 / inputs) / omega;
        values[weights(n)] = uniformValues(random, sizeOf([outputs, inputs]), bound);
        values[bias(n)] = uniformValues(random, outputs, 1 / Math.sqrt(inputs));
      }
      return values;
    },
    apply(points) {
      let x: Tensor = points;
      for (const { n } of layers) {
        const last = n + 1 === layers.length;
        // The frequency multiplies the few weights, not the many values.
        const scaled = (value: Tensor): Tensor => (last ? value : multiply(value, omega));
        const linear = add(
          matmul(x, scaled(source(weights(n))), { transposeB: true }),
          scaled(source(bias(n))),
        );
        x = last ? linear : sin(linear);
      }
      return x;
    },
  };
}
