import type { Shape, Tensor } from '@oinr/graph';
import {
  add,
  concat,
  cos,
  exp,
  leakyRelu,
  matmul,
  multiply,
  negate,
  reshape,
  sin,
  sizeOf,
  slice,
  square,
  subtract,
} from '@oinr/graph';
import type { SignalNetwork } from './signalNetwork.ts';
import { sourcesOf, uniformValues } from './signalNetwork.ts';

export interface WireOptions {
  /** Coordinates of a point: 2 or 3. */
  readonly axes: number;
  /** Complex features of each of the hidden layers. */
  readonly width: number;
  /** Layers with a wavelet after the first one; 2 where not given. */
  readonly hidden?: number;
  readonly channels: number;
  /** Frequency of the wavelet; 20 where not given (the authors': images 20, denoising 5, occupancy 10). */
  readonly omega?: number;
  /** Its inverse width; 30 where not given (the authors': images 30, denoising 5, occupancy 40). */
  readonly sigma?: number;
  /** 5e-3 where not given. */
  readonly learningRate?: number;
}

/**
 * WIRE (Saragadam et al. 2023, "Wavelet implicit neural representations"): complex layers with the Gabor wavelet
 * exp(i omega z - |sigma z|^2), whose first layer has real weights and whose last is linear; the signal is the real part.
 * Complex parameters are pairs: axis 0 holds the real and the imaginary part. All values are uniform in
 * +-1 / sqrt(fan-in), the default of the authors' code.
 */
export function wire(options: WireOptions): SignalNetwork {
  const { axes, width, hidden = 2, channels, omega = 20, sigma = 30, learningRate = 5e-3 } = options;
  const complexLayers = Array.from({ length: hidden + 1 }, (_, n) => ({
    weights: `layer${n + 1}.weights`,
    bias: `layer${n + 1}.bias`,
    outputs: n === hidden ? channels : width,
    last: n === hidden,
  }));
  const shapes: Record<string, Shape> = { 'layer0.weights': [width, axes], 'layer0.bias': [width] };
  for (const { weights, bias, outputs } of complexLayers) {
    shapes[weights] = [2, outputs, width];
    shapes[bias] = [2, outputs];
  }
  const source = sourcesOf(shapes);

  return {
    name: 'wire',
    shapes,
    learningRate,
    recipe: 'paper',
    initial: (random) =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => {
          const fanIn = name.startsWith('layer0') ? axes : width;
          return [name, uniformValues(random, sizeOf(shape), 1 / Math.sqrt(fanIn))];
        }),
      ),
    apply(points) {
      const scaled = (value: Tensor): Tensor => multiply(value, sigma);
      const first = add(
        matmul(points, scaled(source('layer0.weights')), { transposeB: true }),
        scaled(source('layer0.bias')),
      );
      let z = wavelet(first, undefined, omega / sigma);
      for (const { weights, bias, outputs, last } of complexLayers) {
        const [real, imaginary] = partsOf(source(weights), [outputs, width]);
        const [biasReal, biasImaginary] = partsOf(source(bias), [outputs]);
        // (a + bi)(x + yi) as one real product: rows [x | y] times the columns of a - b and b + a.
        const toReal = concat([real, negate(imaginary)], 1);
        if (last) return add(matmul(z, toReal, { transposeB: true }), biasReal);
        const matrix = concat([toReal, concat([imaginary, real], 1)], 0);
        const linear = matmul(z, scaled(matrix), { transposeB: true });
        const part = (start: number): Tensor => slice(linear, [0, start], [z.shape[0], outputs]);
        const u = add(part(0), scaled(biasReal));
        const v = add(part(outputs), add(scaled(biasImaginary), omega / (2 * sigma)));
        z = wavelet(u, v, omega / sigma);
      }
      return z;
    },
  };
}

// Envelopes below exp(-27) = 2e-12 stay there: further out they and their products would be subnormal numbers, with which
// a processor calculates a hundred times slower; in float32 they add nothing to their neighbours.
const lowest = 27;

/**
 * exp(i omega z - |sigma z|^2) as its real and imaginary part side by side, for z = (u + i (v - ratio / 2)) / sigma and
 * ratio = omega / sigma, or z = u / sigma without v. What the few weights are multiplied by and shifted by costs nothing;
 * the exponent, completed to a square, is ratio^2 / 4 - u^2 - v^2.
 */
function wavelet(u: Tensor, v: Tensor | undefined, ratio: number): Tensor {
  const highest = v ? ratio ** 2 / 4 : 0;
  const size = v ? add(square(u), square(v)) : square(u);
  const envelope = exp(subtract(leakyRelu(subtract(highest + lowest, size), 0), lowest));
  const phase = multiply(u, ratio);
  return concat([multiply(envelope, cos(phase)), multiply(envelope, sin(phase))], 1);
}

/** The real and the imaginary part of a complex parameter. */
function partsOf(pair: Tensor, shape: Shape): readonly [Tensor, Tensor] {
  const part = (n: number): Tensor => reshape(slice(pair, [n, ...shape.map(() => 0)], [1, ...shape]), shape);
  return [part(0), part(1)];
}
