import type { Shape, Tensor } from '@oinr/graph';
import { add, exp, matmul, multiply, sin, sizeOf, square, subtract, sum } from '@oinr/graph';
import { gammaVariate } from '@oinr/random';
import type { SignalNetwork } from './signalNetwork.ts';
import { sourcesOf, uniformValues } from './signalNetwork.ts';

export interface FilterNetworkOptions {
  /** Coordinates of a point: 2 or 3. */
  readonly axes: number;
  readonly width: number;
  /** Number of filters; 3 where not given. */
  readonly filters?: number;
  readonly channels: number;
  /** Frequencies of the filters at first: 128 where not given. */
  readonly scale?: number;
  /** 1e-2 where not given. */
  readonly learningRate?: number;
}

/**
 * Multiplicative filter network with Gabor filters (Fathony et al. 2021, "Multiplicative filter networks", section 3.2):
 * z_1 = g_1(x), z_(i+1) = g_(i+1)(x) * (W_i z_i + b_i), with g(x) = exp(-gamma |x - mu|^2 / 2) sin(V x + c); the last
 * layer is linear. Drawn as in WIRE's comparison: gamma from the gamma distribution of shape 6 / filters, mu uniform in
 * +-1, V in +-scale sqrt(gamma / axes), c in +-pi, W and b in +-1 / sqrt(width).
 */
export function multiplicativeFilterNetwork(options: FilterNetworkOptions): SignalNetwork {
  const { axes, width, filters = 3, channels, scale = 128, learningRate = 1e-2 } = options;
  const filterNames = Array.from({ length: filters }, (_, n) => ({
    gamma: `filter${n}.gamma`,
    centre: `filter${n}.centre`,
    weights: `filter${n}.weights`,
    bias: `filter${n}.bias`,
  }));
  const linears = Array.from({ length: filters }, (_, n) => ({
    weights: `linear${n}.weights`,
    bias: `linear${n}.bias`,
    outputs: n + 1 === filters ? channels : width,
  }));
  const shapes: Record<string, Shape> = {};
  for (const { gamma, centre, weights, bias } of filterNames) {
    Object.assign(shapes, { [gamma]: [width], [centre]: [width, axes] });
    Object.assign(shapes, { [weights]: [width, axes], [bias]: [width] });
  }
  for (const { weights, bias, outputs } of linears) {
    Object.assign(shapes, { [weights]: [outputs, width], [bias]: [outputs] });
  }
  const source = sourcesOf(shapes);

  const filter = (points: Tensor, { gamma, centre, weights, bias }: (typeof filterNames)[number]): Tensor => {
    const mu = source(centre);
    // |x - mu|^2 = |x|^2 - 2 x mu + |mu|^2, so that no value for every pair of point, feature and axis is held.
    const distance = add(
      subtract(sum(square(points), [1], true), multiply(matmul(points, mu, { transposeB: true }), 2)),
      sum(square(mu), [1]),
    );
    const wave = sin(add(matmul(points, source(weights), { transposeB: true }), source(bias)));
    return multiply(wave, exp(multiply(distance, multiply(source(gamma), -0.5))));
  };
  return {
    name: 'mfn',
    shapes,
    learningRate,
    recipe: 'paper',
    initial(random) {
      const values: Record<string, Float32Array> = {};
      for (const { gamma, centre, weights, bias } of filterNames) {
        const spread = Float32Array.from({ length: width }, () => gammaVariate(random, 6 / filters));
        values[gamma] = spread;
        values[centre] = uniformValues(random, width * axes, 1);
        values[weights] = uniformValues(random, width * axes, scale / Math.sqrt(axes)).map(
          (value, i) => value * Math.sqrt(spread[Math.floor(i / axes)]),
        );
        values[bias] = uniformValues(random, width, Math.PI);
      }
      for (const { weights, bias, outputs } of linears) {
        values[weights] = uniformValues(random, sizeOf([outputs, width]), 1 / Math.sqrt(width));
        values[bias] = uniformValues(random, outputs, 1 / Math.sqrt(width));
      }
      return values;
    },
    apply(points) {
      let z = filter(points, filterNames[0]);
      for (const [n, { weights, bias }] of linears.entries()) {
        const linear = add(matmul(z, source(weights), { transposeB: true }), source(bias));
        const next = filterNames[n + 1];
        z = next ? multiply(linear, filter(points, next)) : linear;
      }
      return z;
    },
  };
}
