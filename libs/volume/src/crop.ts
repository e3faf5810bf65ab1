import { InputError } from '@oinr/errors';
import { shiftOrigin } from './affine.ts';
import type { Grid, Volume } from './volume.ts';
import { checkVolume } from './volume.ts';

/** A box of voxels in a grid: its first voxel and its size, both in stored order. */
export interface Box {
  readonly start: readonly [number, number, number];
  readonly shape: readonly [number, number, number];
}

/**
 * The smallest box that holds every voxel with a value other than 0 (or above `threshold`, where given),
 * widened by `margin` voxels on each side and cut at the border of the grid. For a mask pass threshold 0.5.
 * `undefined` when there is no such voxel; NaN never counts.
 */
export function boundingBox(volume: Volume, margin = 0, threshold?: number): Box | undefined {
  checkVolume(volume);
  const [nx, ny, nz] = volume.grid.shape;
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  let index = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, index++) {
        const value = volume.data[index];
        const inside = threshold === undefined ? value !== 0 && !Number.isNaN(value) : value > threshold;
        if (!inside) continue;
        if (i < low[0]) low[0] = i;
        if (i > high[0]) high[0] = i;
        if (j < low[1]) low[1] = j;
        if (j > high[1]) high[1] = j;
        if (k < low[2]) low[2] = k;
        high[2] = k;
      }
    }
  }
  if (high[0] < 0) return undefined;
  const first = (axis: 0 | 1 | 2) => Math.max(0, low[axis] - margin);
  const size = (axis: 0 | 1 | 2) =>
    Math.min(volume.grid.shape[axis] - 1, high[axis] + margin) - first(axis) + 1;
  return { start: [first(0), first(1), first(2)], shape: [size(0), size(1), size(2)] };
}

function checkBox(grid: Grid, box: Box): void {
  const fits = grid.shape.every(
    (size, axis) =>
      Number.isInteger(box.start[axis]) &&
      Number.isInteger(box.shape[axis]) &&
      box.start[axis] >= 0 &&
      box.shape[axis] >= 1 &&
      box.start[axis] + box.shape[axis] <= size,
  );
  if (!fits) {
    throw new InputError(
      `The box of ${box.shape.join(' x ')} voxels from (${box.start.join(', ')}) does not fit in a grid of ${grid.shape.join(' x ')}.`,
    );
  }
}

/** The grid of a box: every voxel keeps its world position. */
export function cropGrid(grid: Grid, box: Box): Grid {
  checkBox(grid, box);
  return { shape: box.shape, affine: shiftOrigin(grid.affine, box.start) };
}

/** The part of a volume inside a box. Throws an InputError when the box leaves the grid. */
export function crop(volume: Volume, box: Box): Volume {
  checkVolume(volume);
  const grid = cropGrid(volume.grid, box);
  const [nx, ny] = volume.grid.shape;
  const [bx, by, bz] = box.shape;
  const data = new Float32Array(bx * by * bz);
  for (let k = 0; k < bz; k++) {
    for (let j = 0; j < by; j++) {
      const start = box.start[0] + nx * (box.start[1] + j + ny * (box.start[2] + k));
      data.set(volume.data.subarray(start, start + bx), bx * (j + by * k));
    }
  }
  return { grid, data };
}
