import { InputError } from '@oinr/errors';
import type { Affine, Grid } from './volume.ts';

/** A point or vector of three numbers: voxel indices or RAS+ millimetres, as the caller says. */
export type Vector3 = readonly [number, number, number];

/** Voxel indices are millimetres. */
export const identityAffine: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** The matrix product `left * right`: first `right` acts on a point, then `left`. */
export function multiplyAffines(left: Affine, right: Affine): Affine {
  const product = new Array<number>(16).fill(0);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let inner = 0; inner < 4; inner++) {
        sum += left[4 * row + inner] * right[4 * inner + column];
      }
      product[4 * row + column] = sum;
    }
  }
  return product;
}

/** `affine` applied to one point: voxel indices in, RAS+ mm out (or the reverse for an inverted affine). */
export function applyAffine(affine: Affine, point: Vector3): [number, number, number] {
  const [x, y, z] = point;
  return [
    affine[0] * x + affine[1] * y + affine[2] * z + affine[3],
    affine[4] * x + affine[5] * y + affine[6] * z + affine[7],
    affine[8] * x + affine[9] * y + affine[10] * z + affine[11],
  ];
}

/** The determinant of the upper left 3x3 part; its sign tells handedness, its size the voxel volume in mm3. */
export function determinant3(affine: Affine): number {
  const [a, b, c, , d, e, f, , g, h, i] = affine;
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/**
 * Lengths of the three columns of the affine: voxel sizes [dx, dy, dz] in mm along the stored axes, counted
 * from voxel centre to voxel centre.
 */
export function voxelSizes(affine: Affine): [number, number, number] {
  return [
    Math.hypot(affine[0], affine[4], affine[8]),
    Math.hypot(affine[1], affine[5], affine[9]),
    Math.hypot(affine[2], affine[6], affine[10]),
  ];
}

/**
 * True when the affine can place voxels in space: finite numbers, last row 0 0 0 1, and three columns that
 * span a volume (relative to their lengths, so that microscopic and huge voxels are judged alike).
 */
export function isUsableAffine(affine: Affine): boolean {
  if (affine.length !== 16 || !affine.every(Number.isFinite)) return false;
  if (affine[12] !== 0 || affine[13] !== 0 || affine[14] !== 0 || affine[15] !== 1) return false;
  const [dx, dy, dz] = voxelSizes(affine);
  const boxVolume = dx * dy * dz;
  return Number.isFinite(boxVolume) && boxVolume > 0 && Math.abs(determinant3(affine)) > 1e-6 * boxVolume;
}

/** The inverse of an affine (RAS+ mm -> voxel indices). Throws an InputError when the affine is singular. */
export function invertAffine(affine: Affine): Affine {
  if (!isUsableAffine(affine)) {
    throw new InputError(
      `The affine [${affine.join(', ')}] cannot be inverted: its columns do not span a volume. Correct the geometry of the image.`,
    );
  }
  const [a, b, c, p, d, e, f, q, g, h, i, r] = affine;
  const scale = 1 / determinant3(affine);
  const inverse = [
    (e * i - f * h) * scale,
    (c * h - b * i) * scale,
    (b * f - c * e) * scale,
    (f * g - d * i) * scale,
    (a * i - c * g) * scale,
    (c * d - a * f) * scale,
    (d * h - e * g) * scale,
    (b * g - a * h) * scale,
    (a * e - b * d) * scale,
  ];
  const shift = (row: number) =>
    -(inverse[3 * row] * p + inverse[3 * row + 1] * q + inverse[3 * row + 2] * r);
  return [
    ...inverse.slice(0, 3),
    shift(0),
    ...inverse.slice(3, 6),
    shift(1),
    ...inverse.slice(6, 9),
    shift(2),
    0,
    0,
    0,
    1,
  ];
}

/** An affine from its columns: the world steps of the three stored axes and the position of voxel (0, 0, 0). */
export function affineFromColumns(x: Vector3, y: Vector3, z: Vector3, origin: Vector3): Affine {
  return [x[0], y[0], z[0], origin[0], x[1], y[1], z[1], origin[1], x[2], y[2], z[2], origin[2], 0, 0, 0, 1];
}

/** The affine of a grid whose voxel (0, 0, 0) is moved to the voxel `start` of `affine`. */
export function shiftOrigin(affine: Affine, start: Vector3): Affine {
  const [x, y, z] = applyAffine(affine, start);
  return [...affine.slice(0, 3), x, ...affine.slice(4, 7), y, ...affine.slice(8, 11), z, 0, 0, 0, 1];
}

/**
 * True when two grids have the same shape and affines that agree in every entry within `tolerance`
 * (default 1e-3: millimetres in the last column, mm per voxel elsewhere).
 */
export function sameGrid(a: Grid, b: Grid, tolerance = 1e-3): boolean {
  return (
    a.shape.every((size, axis) => size === b.shape[axis]) &&
    a.affine.every((value, index) => Math.abs(value - b.affine[index]) <= tolerance)
  );
}
