import { InputError } from '@oinr/errors';
import type { Mask } from './percentile.ts';

/** A truth, what was imputed for it, and which slices were known. */
export interface Comparison {
  /** Intensities, x fastest. */
  readonly truth: Float32Array;
  /** The same voxels after imputation, in the same units. */
  readonly imputed: Float32Array;
  /** [nx, ny, nz] of both. */
  readonly shape: readonly [number, number, number];
  /** Array axis along which slices were dropped. */
  readonly axis: 0 | 1 | 2;
  /** Indices of the kept slices. */
  readonly kept: readonly number[];
  /** Where given, errors inside it are reported besides those over whole slices. */
  readonly mask?: Mask;
  /** Intensities are divided by this number; see `intensityScale`. */
  readonly scale: number;
}

/** Errors over one set of voxels, in units of the intensity scale. NaN where the set is empty. */
export interface ErrorSummary {
  readonly voxels: number;
  /** Mean of ((imputed - truth) / scale)^2. */
  readonly mse: number;
  /** Mean of (imputed - truth) / scale: positive where intensities are overestimated. */
  readonly bias: number;
}

/** Errors over the kept slices, the missing slices, and all; `mask` holds the same inside the mask. */
export interface SliceErrors {
  readonly kept: ErrorSummary;
  readonly missing: ErrorSummary;
  readonly volume: ErrorSummary;
  readonly mask?: Omit<SliceErrors, 'mask'>;
}

/**
 * Mean squared error and signed bias over kept, missing and all slices, without and with the mask.
 * Sums are in float64. Throws an InputError where sizes disagree or the scale is not positive.
 */
export function sliceErrors(comparison: Comparison): SliceErrors {
  checkComparison(comparison);
  const { truth, imputed, shape, axis, mask, scale } = comparison;
  const inner = shape.slice(0, axis).reduce((product, length) => product * length, 1);
  const length = shape[axis];
  const known = new Uint8Array(length);
  for (const p of comparison.kept) known[p] = 1;
  const everywhere = [new Sum(), new Sum()];
  const inside = [new Sum(), new Sum()];
  for (let start = 0, p = 0; start < truth.length; start += inner, p = (p + 1) % length) {
    const set = known[p];
    const all = everywhere[set];
    const masked = inside[set];
    for (let i = start; i < start + inner; i++) {
      const error = (imputed[i] - truth[i]) / scale;
      all.add(error);
      if (mask && mask[i] !== 0) masked.add(error);
    }
  }
  const report = ([missing, kept]: readonly Sum[]): Omit<SliceErrors, 'mask'> => ({
    kept: summary(kept),
    missing: summary(missing),
    volume: summary(kept, missing),
  });
  return mask ? { ...report(everywhere), mask: report(inside) } : report(everywhere);
}

/** Peak signal-to-noise ratio in dB: 10 log10(range^2 / mse), range in units of the scale (1: the scale itself). */
export function psnr(mse: number, range = 1): number {
  return 10 * Math.log10(range ** 2 / mse);
}

/** Throws an InputError, with a sentence, unless truth, imputed volume, mask, shape, slices and scale fit together. */
export function checkComparison(comparison: Comparison): void {
  const { truth, imputed, shape, axis, mask, scale, kept } = comparison;
  const voxels = shape[0] * shape[1] * shape[2];
  for (const [name, array] of [
    ['truth', truth],
    ['imputed volume', imputed],
    ['mask', mask],
  ] as const) {
    if (array && array.length !== voxels)
      throw new InputError(
        `The ${name} has ${array.length} voxels, but a volume of ${shape.join(' x ')} has ${voxels}; ` +
          'errors are taken between volumes on one grid.',
      );
  }
  if (!(scale > 0 && Number.isFinite(scale)))
    throw new InputError(`Errors are divided by a positive intensity scale, but it is ${scale}.`);
  const outside = kept.find((p) => !(Number.isInteger(p) && p >= 0 && p < shape[axis]));
  if (outside !== undefined)
    throw new InputError(`Kept slice ${outside} is outside the volume: expected 0 .. ${shape[axis] - 1}.`);
}

class Sum {
  voxels = 0;
  squares = 0;
  errors = 0;
  add(error: number): void {
    this.voxels += 1;
    this.squares += error * error;
    this.errors += error;
  }
}

function summary(...sums: readonly (Sum | undefined)[]): ErrorSummary {
  let [voxels, squares, errors] = [0, 0, 0];
  for (const sum of sums) {
    voxels += sum?.voxels ?? 0;
    squares += sum?.squares ?? 0;
    errors += sum?.errors ?? 0;
  }
  return { voxels, mse: squares / voxels, bias: errors / voxels };
}
