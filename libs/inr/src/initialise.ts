import type { RandomStream } from '@oinr/random';

/**
 * How the values of a layer are drawn: uniform in +- bound, with bound = gain / sqrt(fan-in). `default` is the usual
 * one of convolution layers (gain 1, biases alike; the paper's), `wide` has gain sqrt(6) and biases 0, which keeps the
 * variance of a signal through layers that halve it; `zero` makes a layer that starts by adding nothing.
 */
export type Initialisation = 'default' | 'wide' | 'zero';

/** Values of one layer's weights and biases. `fanIn` is the number of inputs of one output. */
export function initialLayer(
  random: RandomStream,
  weights: number,
  biases: number,
  fanIn: number,
  rule: Initialisation,
): { weights: Float32Array; biases: Float32Array } {
  const draw = (count: number, gain: number): Float32Array => {
    const bound = gain / Math.sqrt(fanIn);
    return Float32Array.from({ length: count }, () => random.uniformIn(-bound, bound));
  };
  if (rule === 'zero') return { weights: new Float32Array(weights), biases: new Float32Array(biases) };
  if (rule === 'wide') return { weights: draw(weights, Math.sqrt(6)), biases: new Float32Array(biases) };
  return { weights: draw(weights, 1), biases: draw(biases, 1) };
}
