import { InputError } from '@oinr/errors';
import type { ArrayAxis, Grid, Volume } from '@oinr/volume';
import { axisLayout } from './axisLayout.ts';
import { checkKept } from './patterns.ts';
import type { SliceProfile } from './profile.ts';

/** What is known of a volume: its kept slices. */
export interface KeptSlices {
  /** The full grid, which is to be filled. */
  readonly grid: Grid;
  /** The array axis along which slices are missing. */
  readonly axis: ArrayAxis;
  /** Indices of the kept slices along `axis` of the full grid, strictly increasing; at least two. */
  readonly kept: readonly number[];
  /** The kept slices only, x fastest, shaped like the grid but with `kept.length` along `axis`. */
  readonly data: Float32Array;
  /** What each of them measured of the volume; absent where they are thin samples. */
  readonly profile?: SliceProfile;
}

/** Shape [nx, ny, nz] of `data`: that of the grid with the number of kept slices along the axis. */
export function keptShape(known: Pick<KeptSlices, 'grid' | 'axis' | 'kept'>): [number, number, number] {
  const shape: [number, number, number] = [...known.grid.shape];
  shape[known.axis] = known.kept.length;
  return shape;
}

/**
 * The kept slices as a volume of their own, as a scanner stores a scan with few slices: each lies where it was kept. Throws an
 * InputError where they are not equally far apart.
 */
export function keptVolume(known: KeptSlices): Volume {
  const { grid, axis, kept, data } = known;
  const every = kept[1] - kept[0];
  if (kept.some((slice, n) => slice !== kept[0] + n * every))
    throw new InputError(
      'Kept slices that are not equally far apart are no grid of their own; keep one in so many.',
    );
  const affine = grid.affine.map((value, n) => (n < 12 && n % 4 === axis ? value * every : value));
  for (let row = 0; row < 12; row += 4) affine[row + 3] += grid.affine[row + axis] * kept[0];
  return { grid: { shape: keptShape(known), affine }, data };
}

/**
 * The kept slices of a full volume; all others are dropped. `kept` as from `keepEvery`, or any increasing list.
 * Throws an InputError where fewer than two slices are kept or an index is outside the volume.
 */
export function dropSlices(volume: Volume, axis: ArrayAxis, kept: readonly number[]): KeptSlices {
  const { inner, length, outer } = axisLayout(volume.grid.shape, axis);
  checkKept(kept, length);
  const data = new Float32Array(inner * kept.length * outer);
  for (let o = 0; o < outer; o++) {
    kept.forEach((p, n) => {
      const from = inner * (p + length * o);
      data.set(volume.data.subarray(from, from + inner), inner * (n + kept.length * o));
    });
  }
  return { grid: volume.grid, axis, kept: [...kept], data };
}
