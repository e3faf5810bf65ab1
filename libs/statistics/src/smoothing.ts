import type { PaddedGrid } from './maskGrid.ts';

/** Standard deviations of a Gaussian with this full width at half maximum. */
export function sigmaOfFwhm(fwhm: number): number {
  return fwhm / Math.sqrt(8 * Math.log(2));
}

/**
 * Gaussian smoothing within a mask: weights are cut off at the mask and renormalised (the smoothed values divided by
 * the smoothed mask), as SnPM does for its variance images. One smoother is made per thread and used for every map.
 */
export class MaskSmoother {
  readonly #grid: PaddedGrid;
  readonly #kernels: readonly Float64Array[];
  readonly #inside: Uint8Array;
  readonly #weights: Float64Array;
  readonly #field: Float64Array;
  readonly #spare: Float64Array;

  /** `sigma` in voxels along x, y and z; `inside` is 1 for the voxels of the mask that take part. */
  constructor(grid: PaddedGrid, sigma: readonly [number, number, number], inside: Uint8Array) {
    this.#grid = grid;
    this.#inside = inside;
    this.#kernels = sigma.map(gaussianKernel);
    this.#field = new Float64Array(grid.places);
    this.#spare = new Float64Array(grid.places);
    this.#weights = new Float64Array(grid.placeOfVoxel.length).fill(1);
    const ones = this.#weights.slice();
    this.smooth(ones);
    this.#weights = ones;
  }

  /** Smooths one value per voxel of the mask, in place. */
  smooth(values: Float64Array): void {
    const { placeOfVoxel, size, strideY, strideZ } = this.#grid;
    let field = this.#field.fill(0);
    let spare = this.#spare;
    for (let voxel = 0; voxel < values.length; voxel++) {
      if (this.#inside[voxel]) field[placeOfVoxel[voxel]] = values[voxel];
    }
    const strides = [1, strideY, strideZ];
    for (let axis = 0; axis < 3; axis++) {
      const kernel = this.#kernels[axis];
      if (kernel.length === 1) continue;
      convolve(field, spare, kernel, strides[axis], size[axis]);
      [field, spare] = [spare, field];
    }
    for (let voxel = 0; voxel < values.length; voxel++) {
      values[voxel] = field[placeOfVoxel[voxel]] / this.#weights[voxel];
    }
  }
}

/** Half of a Gaussian, sampled at whole voxels out to 4 sigma: weight at distance 0, 1, 2, ... */
function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.ceil(4 * sigma);
  const kernel = Float64Array.from({ length: radius + 1 }, (_, distance) =>
    sigma > 0 ? Math.exp((-distance * distance) / (2 * sigma * sigma)) : 1,
  );
  const total = kernel.reduce((sum, weight, distance) => sum + (distance === 0 ? weight : 2 * weight), 0);
  return kernel.map((weight) => weight / total);
}

/** Convolves along one axis; outside the box there are zeros. */
function convolve(
  from: Float64Array,
  to: Float64Array,
  kernel: Float64Array,
  stride: number,
  size: number,
): void {
  const lineStart = stride * size;
  for (let outer = 0; outer < from.length; outer += lineStart) {
    for (let position = 0; position < size; position++) {
      const row = outer + position * stride;
      for (let inner = 0; inner < stride; inner++) {
        to[row + inner] = kernel[0] * from[row + inner];
      }
      for (let distance = 1; distance < kernel.length; distance++) {
        const weight = kernel[distance];
        for (const other of [position - distance, position + distance]) {
          if (other < 0 || other >= size) continue;
          const source = outer + other * stride;
          for (let inner = 0; inner < stride; inner++) {
            to[row + inner] = to[row + inner] + weight * from[source + inner];
          }
        }
      }
    }
  }
}
