import {
  antiAlias,
  applyAffine,
  type Box,
  crop,
  type Grid,
  type Interpolation,
  invertAffine,
  multiplyAffines,
  resample,
  type Vector3,
  type Volume,
  voxelCount,
  voxelSampler,
  voxelSizes,
} from '@oinr/volume';
import { mapPoint, type SpatialTransform } from './transform.ts';

/**
 * A scan as seen on the template's grid: one interpolation, straight from its stored voxels. Where the grid is coarser
 * than the scan, the scan is smoothed first (see `antiAlias`; the grid's spacing counts as it is in the scan, after
 * the transform's scaling). Cubic interpolation may overshoot at sharp edges, so its values are kept within the
 * range of the scan. Outside the scan the result is `background`.
 *
 * Throws an InputError for values that are not finite.
 */
export function resampleThrough(
  scan: Volume,
  transform: SpatialTransform,
  grid: Grid,
  interpolation: Interpolation,
  background = 0,
): Volume {
  const needed = neededBox(scan.grid, transform, grid);
  if (needed === undefined) return { grid, data: new Float32Array(voxelCount(grid)).fill(background) };
  const part = crop(scan, needed);
  const smooth =
    interpolation === 'nearest' ? part : antiAlias(part, spacingInScan(scan.grid, transform, grid));
  const seen =
    transform.warp === undefined
      ? resample(seenFrom(smooth, transform), grid, interpolation, background)
      : sampleAlong(smooth, transform, grid, interpolation, background);
  return interpolation === 'cubic' ? within(seen, part.data, background) : seen;
}

/** The same voxels with world coordinates of the template in place of their own. */
function seenFrom({ grid, data }: Volume, { affine }: SpatialTransform): Volume {
  return { grid: { shape: grid.shape, affine: multiplyAffines(invertAffine(affine), grid.affine) }, data };
}

function sampleAlong(
  scan: Volume,
  transform: SpatialTransform,
  grid: Grid,
  interpolation: Interpolation,
  background: number,
): Volume {
  const sample = voxelSampler(scan, interpolation, background);
  const toVoxels = invertAffine(scan.grid.affine);
  const data = new Float32Array(voxelCount(grid));
  const [nx, ny, nz] = grid.shape;
  let index = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, index++) {
        const place = mapPoint(transform, applyAffine(grid.affine, [i, j, k]));
        data[index] = sample(...applyAffine(toVoxels, place));
      }
    }
  }
  return { grid, data };
}

/** Millimetres in the scan from one voxel of the grid to the next, along each stored axis of the scan. */
function spacingInScan(scan: Grid, { affine }: SpatialTransform, grid: Grid): [number, number, number] {
  const sizes = voxelSizes(scan.affine);
  const step = multiplyAffines(affine, grid.affine);
  const along = (axis: 0 | 1 | 2): number => {
    const direction = [scan.affine[axis], scan.affine[4 + axis], scan.affine[8 + axis]];
    const part = (column: 0 | 1 | 2): number =>
      (direction[0] * step[column] + direction[1] * step[4 + column] + direction[2] * step[8 + column]) /
      sizes[axis];
    return Math.hypot(part(0), part(1), part(2));
  };
  return [along(0), along(1), along(2)];
}

/** Every how many voxels of the grid its place in the scan is looked up to find out which part is needed. */
const stride = 4;
/** Kept around the needed part, in mm: what smoothing and interpolation reach for. */
const reach = 12;

/** The part of the scan that the grid shows; undefined where they do not meet. */
function neededBox(scan: Grid, transform: SpatialTransform, grid: Grid): Box | undefined {
  const toVoxels = invertAffine(scan.affine);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  const places = grid.shape.map((size) => [
    ...Array.from({ length: Math.ceil(size / stride) }, (_, n) => n * stride),
    size - 1,
  ]);
  for (const k of places[2])
    for (const j of places[1])
      for (const i of places[0]) {
        const voxel: Vector3 = applyAffine(
          toVoxels,
          mapPoint(transform, applyAffine(grid.affine, [i, j, k])),
        );
        for (const axis of [0, 1, 2]) {
          low[axis] = Math.min(low[axis], voxel[axis]);
          high[axis] = Math.max(high[axis], voxel[axis]);
        }
      }
  const sizes = voxelSizes(scan.affine);
  const start = low.map((value, axis) => Math.max(0, Math.floor(value - reach / sizes[axis])));
  const end = high.map((value, axis) =>
    Math.min(scan.shape[axis] - 1, Math.ceil(value + reach / sizes[axis])),
  );
  const shape = end.map((value, axis) => value - start[axis] + 1);
  if (shape.some((size) => size < 1)) return undefined;
  return { start: [start[0], start[1], start[2]], shape: [shape[0], shape[1], shape[2]] };
}

function within({ grid, data }: Volume, source: Float32Array, background: number): Volume {
  let low = background;
  let high = background;
  for (const value of source) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { grid, data: data.map((value) => Math.min(high, Math.max(low, value))) };
}
