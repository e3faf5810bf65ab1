import { affineFromColumns, type Vector3 } from './affine.ts';
import { axisDirections } from './orientation.ts';
import type { ArrayAxis, Grid, Volume } from './volume.ts';
import { checkVolume } from './volume.ts';

/** How to turn one grid into another by transposing and flipping stored axes, without touching a value. */
export interface Reorientation {
  readonly from: Grid;
  readonly to: Grid;
  /** For each axis of `to`, the axis of `from` that it is. */
  readonly axes: readonly [ArrayAxis, ArrayAxis, ArrayAxis];
  /** For each axis of `to`, whether it runs against that axis of `from`. */
  readonly flips: readonly [boolean, boolean, boolean];
}

/**
 * The reorientation that makes a grid as near to RAS as flips and transposes can: afterwards axis 0 grows
 * mostly to the right, axis 1 to the front and axis 2 to the top. Every voxel keeps its world position.
 */
export function reorientationToRas(grid: Grid): Reorientation {
  const directions = axisDirections(grid.affine);
  const source = (world: ArrayAxis): ArrayAxis =>
    directions[0].world === world ? 0 : directions[1].world === world ? 1 : 2;
  const axes = [source(0), source(1), source(2)] as const;
  const flips = [
    directions[axes[0]].sign < 0,
    directions[axes[1]].sign < 0,
    directions[axes[2]].sign < 0,
  ] as const;

  const { affine, shape } = grid;
  const column = (axis: ArrayAxis): Vector3 => [affine[axis], affine[4 + axis], affine[8 + axis]];
  let origin: Vector3 = [affine[3], affine[7], affine[11]];
  const turned = [0, 1, 2].map((axis): Vector3 => {
    const step = column(axes[axis]);
    if (!flips[axis]) return step;
    const last = shape[axes[axis]] - 1;
    origin = [origin[0] + last * step[0], origin[1] + last * step[1], origin[2] + last * step[2]];
    // 0 - x instead of -x: no negative zeros in an affine.
    return [0 - step[0], 0 - step[1], 0 - step[2]];
  });
  const to: Grid = {
    shape: [shape[axes[0]], shape[axes[1]], shape[axes[2]]],
    affine: affineFromColumns(turned[0], turned[1], turned[2], origin),
  };
  return { from: grid, to, axes, flips };
}

/** The values of `from` in the order of `to`. */
function rearrange(data: Float32Array, { from, to, axes, flips }: Reorientation): Float32Array {
  const strides = [1, from.shape[0], from.shape[0] * from.shape[1]];
  let start = 0;
  const steps = axes.map((axis, index) => {
    if (!flips[index]) return strides[axis];
    start += (from.shape[axis] - 1) * strides[axis];
    return -strides[axis];
  });
  const [nx, ny, nz] = to.shape;
  const result = new Float32Array(data.length);
  let target = 0;
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      let origin = start + j * steps[1] + k * steps[2];
      for (let i = 0; i < nx; i++, origin += steps[0], target++) result[target] = data[origin];
    }
  }
  return result;
}

/** The volume on the grid `reorientation.to`. Throws when the volume does not have the shape of `reorientation.from`. */
export function reorient(volume: Volume, reorientation: Reorientation): Volume {
  checkVolume(volume, reorientation.from.shape);
  return { grid: reorientation.to, data: rearrange(volume.data, reorientation) };
}

/** The volume with its stored axes in RAS order, by flips and transposes only. */
export function reorientToRas(volume: Volume): Volume {
  return reorient(volume, reorientationToRas(volume.grid));
}
