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
  const similarity = new ImageSimilarity(width, height);
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
    total += similarity.of(a, b);
    slices += 1;
  }
  return total / slices;
}

/** Compares images of one size, row-major, data range 1, with the same scratch memory for all of them. */
export class ImageSimilarity {
  readonly #width: number;
  readonly #height: number;
  readonly #window: Float64Array;
  readonly #products: Float64Array;
  readonly #rows: Float64Array;
  readonly #filtered: readonly [Float64Array, Float64Array, Float64Array, Float64Array];

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#window = gaussianWindow(Math.min(widestRadius, Math.floor((Math.min(width, height) - 1) / 2)));
    const image = () => new Float64Array(width * height);
    this.#products = image();
    this.#rows = image();
    this.#filtered = [image(), image(), image(), image()];
  }

  /** Mean structural similarity of two images, as in `ssimMissing`. */
  of(a: Float64Array, b: Float64Array): number {
    const shrink = this.#window.length - 1;
    const positions = (this.#width - shrink) * (this.#height - shrink);
    const box = this.#boxOfWindows(a, b, shrink);
    if (box === undefined) return 1;
    const [meanA, meanB, squares, cross] = this.#filtered;
    const products = this.#products;
    this.#filter(a, box, meanA);
    this.#filter(b, box, meanB);
    // The variances are only needed as their sum.
    for (let i = 0; i < products.length; i++) products[i] = a[i] * a[i] + b[i] * b[i];
    this.#filter(products, box, squares);
    for (let i = 0; i < products.length; i++) products[i] = a[i] * b[i];
    this.#filter(products, box, cross);
    const c1 = k1 ** 2;
    const c2 = k2 ** 2;
    const inside = box.columns * box.rows;
    let total = 0;
    for (let i = 0; i < inside; i++) {
      const ma = meanA[i];
      const mb = meanB[i];
      const both = ma * mb;
      const meanSquares = ma * ma + mb * mb;
      total +=
        ((2 * both + c1) * (2 * (cross[i] - both) + c2)) /
        ((meanSquares + c1) * (squares[i] - meanSquares + c2));
    }
    return (total + positions - inside) / positions;
  }

  /**
   * The positions whose windows see anything: where both images are 0 throughout, as around an extracted brain, the
   * similarity is 1 and need not be computed. Undefined where that is everywhere.
   */
  #boxOfWindows(a: Float64Array, b: Float64Array, shrink: number): Box | undefined {
    let [top, bottom, left, right] = [this.#height, -1, this.#width, -1];
    for (let y = 0, i = 0; y < this.#height; y++) {
      for (let x = 0; x < this.#width; x++, i++) {
        if (a[i] === 0 && b[i] === 0) continue;
        if (y < top) top = y;
        bottom = y;
        if (x < left) left = x;
        if (x > right) right = x;
      }
    }
    if (bottom < 0) return undefined;
    const row = Math.max(0, top - shrink);
    const column = Math.max(0, left - shrink);
    return {
      row,
      column,
      rows: Math.min(bottom, this.#height - shrink - 1) - row + 1,
      columns: Math.min(right, this.#width - shrink - 1) - column + 1,
    };
  }

  /**
   * Separable filter at the positions of a box (a position is the first row and column of its window): `out` becomes
   * rows x columns. The taps run outside and the pixels inside: twice as fast as pixel by pixel.
   */
  #filter(image: Float64Array, { row, column, rows, columns }: Box, out: Float64Array): void {
    const window = this.#window;
    const width = this.#width;
    const partial = this.#rows;
    const height = rows + window.length - 1;
    partial.fill(0, 0, columns * height);
    for (let n = 0; n < window.length; n++) {
      const weight = window[n];
      for (let y = 0; y < height; y++) {
        const from = column + n + width * (row + y);
        const to = columns * y;
        for (let x = 0; x < columns; x++) partial[to + x] += weight * image[from + x];
      }
    }
    const inside = columns * rows;
    out.fill(0, 0, inside);
    for (let n = 0; n < window.length; n++) {
      const weight = window[n];
      const from = columns * n;
      for (let i = 0; i < inside; i++) out[i] += weight * partial[from + i];
    }
  }
}

/** Positions from `row` and `column` on. */
interface Box {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

function gaussianWindow(radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, n) =>
    Math.exp(-0.5 * ((n - radius) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
