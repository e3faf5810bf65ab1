import type { Shape3 } from './shape.ts';

/** A linear filter along one axis: each result is a weighted sum of values at clamped positions. */
interface AxisFilter {
  readonly length: number;
  /** For each result, its first position and weights. */
  readonly first: Int32Array;
  readonly weights: Float64Array;
  readonly taps: number;
}

/** Gaussian smoothing with a standard deviation in voxels, to three of them; edges are repeated. */
export function gaussianBlur(data: Float32Array, shape: Shape3, sigma: number): Float32Array {
  return along(data, shape, (length) => gaussianFilter(length, sigma, 1)).data;
}

/** The same, but only every n-th voxel along each axis is computed: voxels n times as large. */
export function blurAndThin(
  data: Float32Array,
  shape: Shape3,
  sigma: number,
  every: number,
): { data: Float32Array; shape: Shape3 } {
  return along(data, shape, (length) => gaussianFilter(length, sigma, every));
}

function gaussianFilter(old: number, sigma: number, every: number): AxisFilter {
  const reach = Math.ceil(3 * sigma);
  const taps = 2 * reach + 1;
  const kernel = Array.from({ length: taps }, (_, n) => Math.exp(-0.5 * ((n - reach) / sigma) ** 2));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const length = Math.ceil(old / every);
  return {
    length,
    taps,
    first: Int32Array.from({ length }, (_, i) => i * every - reach),
    weights: Float64Array.from({ length: length * taps }, (_, i) => kernel[i % taps] / total),
  };
}

/** Resampling with `factor` times as many voxels along each axis, by cubic convolution (Keys 1981, a = -1/2). */
export function zoom(
  data: Float32Array,
  shape: Shape3,
  factors: Shape3,
): { data: Float32Array; shape: Shape3 } {
  return along(data, shape, (old, axis) => {
    const factor = factors[axis];
    const length = Math.max(2, Math.floor((old - 1) * factor) + 1);
    const first = new Int32Array(length);
    const weights = new Float64Array(4 * length);
    for (let i = 0; i < length; i++) {
      const position = i / factor;
      const cell = Math.floor(position);
      const t = position - cell;
      first[i] = cell - 1;
      weights.set(
        [
          -0.5 * t * (1 - t) ** 2,
          1 - 2.5 * t * t + 1.5 * t ** 3,
          0.5 * t + 2 * t * t - 1.5 * t ** 3,
          -0.5 * t * t * (1 - t),
        ],
        4 * i,
      );
    }
    return { length, taps: 4, first, weights };
  });
}

function along(
  data: Float32Array,
  shape: Shape3,
  filterFor: (length: number, axis: 0 | 1 | 2) => AxisFilter,
): { data: Float32Array; shape: Shape3 } {
  let values = data;
  const lengths: [number, number, number] = [...shape];
  // From the slowest axis: where voxels get fewer, the scattered passes come last and are short.
  for (const axis of [2, 1, 0] as const) {
    const old = lengths[axis];
    const filter = filterFor(old, axis);
    const inner = lengths.slice(0, axis).reduce((product, length) => product * length, 1);
    const outer = lengths.slice(axis + 1).reduce((product, length) => product * length, 1);
    values = filterAxis(values, inner, old, outer, filter);
    lengths[axis] = filter.length;
  }
  return { data: values, shape: lengths };
}

function filterAxis(
  values: Float32Array,
  inner: number,
  old: number,
  outer: number,
  { length, taps, first, weights }: AxisFilter,
): Float32Array {
  const out = new Float32Array(inner * length * outer);
  if (inner === 1) {
    // Along the first axis neighbours lie side by side: one sum per voxel.
    for (let o = 0; o < outer; o++) {
      for (let p = 0; p < length; p++) {
        let sum = 0;
        for (let tap = 0; tap < taps; tap++) {
          const position = Math.min(old - 1, Math.max(0, first[p] + tap));
          sum += weights[p * taps + tap] * values[position + old * o];
        }
        out[p + length * o] = sum;
      }
    }
    return out;
  }
  for (let o = 0; o < outer; o++) {
    for (let p = 0; p < length; p++) {
      const to = inner * (p + length * o);
      for (let tap = 0; tap < taps; tap++) {
        const weight = weights[p * taps + tap];
        const position = Math.min(old - 1, Math.max(0, first[p] + tap));
        const from = inner * (position + old * o);
        for (let i = 0; i < inner; i++) {
          out[to + i] += weight * values[from + i];
        }
      }
    }
  }
  return out;
}
