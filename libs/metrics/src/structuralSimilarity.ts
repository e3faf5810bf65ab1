import type { Comparison } from './sliceErrors.ts';
import { checkComparison } from './sliceErrors.ts';

const sigma = 1.5;
const widestRadius = 5;
const k1 = 0.01;
const k2 = 0.03;

/**
 * Mean structural similarity of the missing slices (Wang et al., IEEE TIP 2004), each compared as a 2-D image:
 * intensities divided by the scale, data range 1, Gaussian window of standard deviation 1.5 voxels on 11 x 11,
 * K1 = 0.01, K2 = 0.03, weighted (population) variances, averaged over the positions where the whole window lies
 * inside the slice. In slices narrower than 11 voxels the window shrinks to the largest odd width that fits.
 * NaN where no slice is missing. Throws as `sliceErrors` does.
 */
export function ssimMissing(comparison: Comparison): number {
  checkComparison(comparison);
  const { truth, imputed, shape, axis, scale } = comparison;
  const kept = new Set(comparison.kept);
  const strides = [1, shape[0], shape[0] * shape[1]];
  const [rowAxis, columnAxis] = axis === 0 ? [2, 1] : axis === 1 ? [2, 0] : [1, 0];
  const height = shape[rowAxis as 0 | 1 | 2];
  const width = shape[columnAxis as 0 | 1 | 2];
  const a = new Float64Array(width * height);
  const b = new Float64Array(width * height);
  let [total, slices] = [0, 0];
  for (let p = 0; p < shape[axis]; p++) {
    if (kept.has(p)) continue;
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const i = p * strides[axis] + row * strides[rowAxis] + column * strides[columnAxis];
        a[column + width * row] = truth[i] / scale;
        b[column + width * row] = imputed[i] / scale;
      }
    total += structuralSimilarity(a, b, width, height);
    slices += 1;
  }
  return total / slices;
}

/** Mean structural similarity of two images, row-major, data range 1; as in `ssimMissing`. */
export function structuralSimilarity(
  a: Float64Array,
  b: Float64Array,
  width: number,
  height: number,
): number {
  const window = gaussianWindow(Math.min(widestRadius, Math.floor((Math.min(width, height) - 1) / 2)));
  const filter = (image: Float64Array): Float64Array => filterValid(image, width, height, window);
  const product = (p: Float64Array, q: Float64Array): Float64Array => {
    const out = new Float64Array(p.length);
    for (let i = 0; i < out.length; i++) out[i] = p[i] * q[i];
    return out;
  };
  const [meanA, meanB] = [filter(a), filter(b)];
  const [squareA, squareB, cross] = [filter(product(a, a)), filter(product(b, b)), filter(product(a, b))];
  const c1 = k1 ** 2;
  const c2 = k2 ** 2;
  let total = 0;
  for (let i = 0; i < meanA.length; i++) {
    const ma = meanA[i];
    const mb = meanB[i];
    const varianceA = squareA[i] - ma * ma;
    const varianceB = squareB[i] - mb * mb;
    const covariance = cross[i] - ma * mb;
    total +=
      ((2 * ma * mb + c1) * (2 * covariance + c2)) /
      ((ma * ma + mb * mb + c1) * (varianceA + varianceB + c2));
  }
  return total / meanA.length;
}

function gaussianWindow(radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, n) =>
    Math.exp(-0.5 * ((n - radius) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * Separable filter over the positions where the whole window fits: [height - 2r, width - 2r]. The taps run outside
 * and the pixels inside: twice as fast as pixel by pixel, and the same sums in the same order.
 */
function filterValid(image: Float64Array, width: number, height: number, window: Float64Array): Float64Array {
  const shrink = window.length - 1;
  const narrow = width - shrink;
  const rows = new Float64Array(narrow * height);
  for (let n = 0; n < window.length; n++) {
    const weight = window[n];
    for (let y = 0; y < height; y++) {
      const from = n + width * y;
      const to = narrow * y;
      for (let x = 0; x < narrow; x++) rows[to + x] += weight * image[from + x];
    }
  }
  const out = new Float64Array(narrow * (height - shrink));
  for (let n = 0; n < window.length; n++) {
    const weight = window[n];
    const from = narrow * n;
    for (let i = 0; i < out.length; i++) out[i] += weight * rows[from + i];
  }
  return out;
}
