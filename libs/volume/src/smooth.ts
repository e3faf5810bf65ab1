import { InputError } from '@oinr/errors';
import { voxelSizes } from './affine.ts';
import { checkFinite } from './intensity.ts';
import { filterLines, type LineFilter } from './spline.ts';
import type { Volume } from './volume.ts';
import { checkVolume } from './volume.ts';

/** Full width at half maximum of a Gaussian over its standard deviation: 2 sqrt(2 ln 2). */
const widthPerDeviation = 2 * Math.sqrt(2 * Math.LN2);

function gaussianFilter(deviation: number, length: number): LineFilter {
  const radius = Math.min(Math.ceil(4 * deviation), length - 1);
  const kernel = Array.from({ length: radius + 1 }, (_, n) => Math.exp(-0.5 * (n / deviation) ** 2));
  const smoothed = new Float64Array(length);
  return (line) => {
    for (let n = 0; n < length; n++) {
      let sum = 0;
      let weight = 0;
      for (let m = Math.max(0, n - radius); m <= Math.min(length - 1, n + radius); m++) {
        const factor = kernel[Math.abs(m - n)];
        sum += factor * line[m];
        weight += factor;
      }
      smoothed[n] = sum / weight;
    }
    line.set(smoothed);
  };
}

/**
 * Gaussian smoothing along the stored axes. `fwhm` is the full width at half maximum in mm (one number, or one
 * for each stored axis; 0 leaves an axis alone). The kernel is sampled at voxel centres, cut off at 4 standard
 * deviations, and scaled to weight 1 at every voxel, so that a constant stays constant up to the border.
 * Throws an InputError for a negative width or for values that are not finite.
 */
export function gaussianSmooth(volume: Volume, fwhm: number | readonly [number, number, number]): Volume {
  checkVolume(volume);
  checkFinite(volume);
  const widths = typeof fwhm === 'number' ? [fwhm, fwhm, fwhm] : fwhm;
  const sizes = voxelSizes(volume.grid.affine);
  const filters = [0, 1, 2].map((axis): LineFilter | undefined => {
    const width = widths[axis];
    if (!(width >= 0 && width < Infinity)) {
      throw new InputError(`A smoothing width of ${width} mm makes no sense; give a number of at least 0.`);
    }
    const deviation = width / widthPerDeviation / sizes[axis];
    return deviation > 0 && volume.grid.shape[axis] > 1
      ? gaussianFilter(deviation, volume.grid.shape[axis])
      : undefined;
  });
  const data = Float64Array.from(volume.data);
  filterLines(data, volume.grid.shape, [filters[0], filters[1], filters[2]]);
  return { grid: volume.grid, data: Float32Array.from(data) };
}

/**
 * Smooths a volume that is about to be sampled at `spacing` (mm from sample to sample, along its stored axes), so
 * that detail too fine for the new voxels does not come back as false structure. The Gaussian's full width at half
 * maximum is sqrt(spacing^2 - voxel size^2): with the width that a voxel has by itself it adds up to the new spacing.
 * Axes that are sampled as finely as before, or more finely, are left alone.
 */
export function antiAlias(volume: Volume, spacing: readonly [number, number, number]): Volume {
  const sizes = voxelSizes(volume.grid.affine);
  const width = (axis: 0 | 1 | 2): number => Math.sqrt(Math.max(0, spacing[axis] ** 2 - sizes[axis] ** 2));
  return gaussianSmooth(volume, [width(0), width(1), width(2)]);
}
