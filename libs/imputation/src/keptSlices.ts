import { InputError } from '@oinr/errors';
import { axisLayout, checkKept, isThick, keptShape } from '@oinr/slices';
import type { KeptSlices } from './method.ts';

/** Throws an InputError unless the kept slices fit their grid and are all finite. */
export function checkKnown(known: KeptSlices): void {
  checkKept(known.kept, known.grid.shape[known.axis]);
  const shape = keptShape(known);
  const voxels = shape[0] * shape[1] * shape[2];
  if (known.data.length !== voxels)
    throw new InputError(
      `${known.kept.length} kept slices of a grid of ${known.grid.shape.join(' x ')} along axis ${known.axis} have ` +
        `${voxels} voxels, but ${known.data.length} values were given.`,
    );
  if (known.data.some((value) => !Number.isFinite(value)))
    throw new InputError(
      'The kept slices hold values that are not finite (NaN or Infinity); replace them first.',
    );
}

/** Copies the kept slices into a volume of the full grid, bit for bit. */
export function restoreKept(volume: Float32Array, known: KeptSlices): void {
  const { inner, length, outer } = axisLayout(known.grid.shape, known.axis);
  for (let o = 0; o < outer; o++) {
    known.kept.forEach((p, n) => {
      const from = inner * (n + known.kept.length * o);
      volume.set(known.data.subarray(from, from + inner), inner * (p + length * o));
    });
  }
}

/**
 * What imputed values are clipped to: the range of the kept slices, extended to 0 where all are positive. Where slices
 * are thick there is no upper end: the values that an average was taken of may be higher than every average.
 */
export function keptRange(known: KeptSlices): [low: number, high: number] {
  let [low, high] = [0, Number.NEGATIVE_INFINITY];
  for (const value of known.data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, isThick(known.profile) ? Number.POSITIVE_INFINITY : high];
}
