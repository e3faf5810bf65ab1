import { mapBack, mapPoint, type SpatialTransform } from '@oinr/registration';
import {
  type Affine,
  applyAffine,
  type Grid,
  invertAffine,
  multiplyAffines,
  type Vector3,
  type Volume,
  voxelCount,
  voxelSampler,
} from '@oinr/volume';
import { dilate } from '../phantom/dilate.ts';
import { movePoint } from '../phantom/displacement.ts';
import type { Effect } from './effect.ts';

export interface InsertRequest {
  readonly scan: Volume;
  /** 1 in the brain, on the scan's grid, where the base has a mask. */
  readonly mask?: Volume;
  /** From the template to the scan. */
  readonly transform: SpatialTransform;
  /** From the new image to the scan: see smallMotion. */
  readonly motion: Affine;
  readonly effect: Effect;
}

/** A scan resampled once on its own grid, as it is and with the loss. */
export interface InsertedScan {
  readonly grid: Grid;
  readonly intact: Float32Array;
  /** The same with the loss; equal to `intact`, bit for bit, where nothing moves. */
  readonly loss: Float32Array;
  /** The masks of both, 0 or 1; absent where the scan has none. */
  readonly intactMask?: Float32Array;
  readonly lossMask?: Float32Array;
  /** From the template to the new image. */
  readonly transform: SpatialTransform;
}

/** Of the brightest voxel so much is left where interpolation at the edge of a brain comes out darker: it stays a voxel of the brain. */
const darkest = 1 / 4000;

/**
 * Voxel x of the new image shows the scan at T(y + u(y)), where y = T^-1(motion x) is its place in the template and u the
 * loss there; without the loss at motion x. Both by the same cubic B-spline, kept within the range of the scan. Exact
 * zeros are background: where most of what is interpolated between is 0, the result is 0.
 */
export function insertEffect({ scan, mask, transform, motion, effect }: InsertRequest): InsertedScan {
  const { grid } = scan;
  const look = intensityAt(scan);
  const inMask = mask && voxelSampler(mask, 'linear');
  const toVoxels = invertAffine(grid.affine);
  const toScan = multiplyAffines(motion, grid.affine);
  const sourceOf = sourceOfLoss(transform, effect);
  const size = voxelCount(grid);
  const intact = new Float32Array(size);
  const masks = inMask && { intact: new Float32Array(size), loss: new Float32Array(size) };
  forEachVoxel(grid, multiplyAffines(toVoxels, toScan), (index, x, y, z) => {
    intact[index] = look(x, y, z);
    if (masks && inMask) masks.loss[index] = masks.intact[index] = inMask(x, y, z) > 0.5 ? 1 : 0;
  });
  const loss = Float32Array.from(intact);
  forEachVoxel(grid, toScan, (index, x, y, z) => {
    const from = sourceOf(x, y, z);
    if (from === undefined) return;
    const [u, v, w] = applyAffine(toVoxels, from);
    loss[index] = look(u, v, w);
    if (masks && inMask) masks.loss[index] = inMask(u, v, w) > 0.5 ? 1 : 0;
  });
  return {
    grid,
    intact,
    loss,
    intactMask: masks?.intact,
    lossMask: masks?.loss,
    transform: { ...transform, affine: multiplyAffines(invertAffine(motion), transform.affine) },
  };
}

/** Calls `visit(index, x, y, z)` with the place to which an affine takes each voxel. */
function forEachVoxel(
  { shape }: Grid,
  [ax, bx, cx, ox, ay, by, cy, oy, az, bz, cz, oz]: Affine,
  visit: (index: number, x: number, y: number, z: number) => void,
): void {
  let index = 0;
  for (let k = 0; k < shape[2]; k++)
    for (let j = 0; j < shape[1]; j++)
      for (let i = 0; i < shape[0]; i++, index++)
        visit(
          index,
          ax * i + bx * j + cx * k + ox,
          ay * i + by * j + cy * k + oy,
          az * i + bz * j + cz * k + oz,
        );
}

/** Where in the scan (RAS+ mm) a place of it comes from when there is a loss; undefined where nothing moves. */
function sourceOfLoss(
  transform: SpatialTransform,
  effect: Effect,
): (x: number, y: number, z: number) => Vector3 | undefined {
  const { lattice } = effect.displacement;
  const [nx, ny, nz] = lattice.shape;
  const [ax, bx, cx, ox, ay, by, cy, oy, az, bz, cz, oz] = invertAffine(transform.affine);
  // The affine alone tells nearly where in the template a place is, and most places are far from any loss.
  const reach = Math.ceil((1 + largestWarp(transform)) / lattice.spacing) + 1;
  const near = dilate(effect.support, lattice, reach);
  const moved = new Float64Array(3);
  return (x, y, z) => {
    const place: Vector3 = [
      ax * x + bx * y + cx * z + ox,
      ay * x + by * y + cy * z + oy,
      az * x + bz * y + cz * z + oz,
    ];
    const i = Math.round((place[0] - lattice.origin[0]) / lattice.spacing);
    const j = Math.round((place[1] - lattice.origin[1]) / lattice.spacing);
    const k = Math.round((place[2] - lattice.origin[2]) / lattice.spacing);
    if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz || near[i + nx * (j + ny * k)] === 0)
      return undefined;
    const point = transform.warp === undefined ? place : mapBack(transform, [x, y, z]);
    movePoint(effect.displacement, point[0], point[1], point[2], moved);
    if (moved[0] === point[0] && moved[1] === point[1] && moved[2] === point[2]) return undefined;
    return mapPoint(transform, [moved[0], moved[1], moved[2]]);
  };
}

function intensityAt(scan: Volume): (x: number, y: number, z: number) => number {
  const cubic = voxelSampler(scan, 'cubic');
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  let hasZeros = false;
  for (const value of scan.data) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
    if (value === 0) hasZeros = true;
  }
  const least = smallest >= 0 ? largest * darkest : smallest;
  const within = (value: number): number => Math.min(largest, Math.max(least, value));
  if (!hasZeros) return (x, y, z) => within(cubic(x, y, z));
  const share = voxelSampler(
    { grid: scan.grid, data: scan.data.map((value) => (value === 0 ? 0 : 1)) },
    'linear',
  );
  return (x, y, z) => (share(x, y, z) > 0.5 ? within(cubic(x, y, z)) : 0);
}

/** No point is moved by more than this along any axis, in mm: a B-spline lies between its coefficients. */
function largestWarp({ warp }: SpatialTransform): number {
  return warp === undefined ? 0 : warp.coefficients.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
}
