import { InputError } from '@oinr/errors';

/** The voxels that count: those where `mask` is not 0; all where it is absent. Shape as the volume. */
export type Mask = ArrayLike<number>;

/**
 * The q-th percentile (0 to 100) of the voxels that count, interpolated linearly between order statistics: the value
 * at rank q/100 (n - 1) of the sorted values, as NumPy and R (type 7) do by default.
 * Throws an InputError where q is out of range, sizes differ, no voxel counts or one of them is not finite.
 */
export function percentile(values: Float32Array, q: number, mask?: Mask): number {
  if (!(q >= 0 && q <= 100)) throw new InputError(`A percentile lies in 0 .. 100, but ${q} was asked for.`);
  if (mask && mask.length !== values.length)
    throw new InputError(
      `The mask has ${mask.length} voxels and the volume ${values.length}; they must be on one grid.`,
    );
  const counted = mask ? values.filter((_, i) => mask[i] !== 0) : values.slice();
  if (counted.length === 0)
    throw new InputError(
      'There is no voxel to take a percentile of: the mask is empty; give another mask or none.',
    );
  if (counted.some((value) => !Number.isFinite(value)))
    throw new InputError(
      'A percentile of values that are not finite was asked for; replace NaN and Infinity first.',
    );
  counted.sort();
  const rank = (q / 100) * (counted.length - 1);
  const below = Math.floor(rank);
  const low = counted[below];
  const high = counted[Math.min(below + 1, counted.length - 1)];
  return low + (high - low) * (rank - below);
}
