import { InputError } from '@oinr/errors';
import type { Vector3 } from './affine.ts';
import { affineFromColumns, determinant3, isUsableAffine, voxelSizes } from './affine.ts';
import { nearestRotation } from './rotation.ts';
import type { Affine } from './volume.ts';

/** The pieces of a NIfTI qform. `qfac` is 1, or -1 when the third stored axis is mirrored. */
export interface QuaternionForm {
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly qfac: 1 | -1;
  /** Voxel sizes in mm. */
  readonly sizes: Vector3;
  /** RAS+ mm of the centre of voxel (0, 0, 0). */
  readonly offset: Vector3;
}

/**
 * The affine of a NIfTI qform ("method 2" of nifti1.h). The scalar part of the quaternion is not stored:
 * a = sqrt(1 - b^2 - c^2 - d^2). Where rounding leaves b^2 + c^2 + d^2 above 1, a is taken as 0 and the vector
 * part is scaled to length 1, as nifti1_io.c does. Throws an InputError when it is above 1.001: that is no
 * rounding error but a damaged header.
 */
export function affineFromQuaternion(form: QuaternionForm): Affine {
  let { b, c, d } = form;
  const squared = b * b + c * c + d * d;
  if (!(squared <= 1.001)) {
    throw new InputError(
      `The quaternion (b ${b}, c ${c}, d ${d}) has squared length ${squared}; a rotation needs at most 1.`,
    );
  }
  let a = 0;
  // Below 1e-7 the difference from 1 is rounding of the stored float32 values.
  if (1 - squared < 1e-7) {
    const scale = 1 / Math.sqrt(squared);
    b *= scale;
    c *= scale;
    d *= scale;
  } else {
    a = Math.sqrt(1 - squared);
  }
  const [dx, dy, dz] = form.sizes;
  const signedDz = dz * form.qfac;
  return affineFromColumns(
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c + a * d) * dx, 2 * (b * d - a * c) * dx],
    [2 * (b * c - a * d) * dy, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d + a * b) * dy],
    [
      2 * (b * d + a * c) * signedDz,
      2 * (c * d - a * b) * signedDz,
      (a * a + d * d - b * b - c * c) * signedDz,
    ],
    form.offset,
  );
}

/**
 * The qform nearest to an affine: voxel sizes, the rotation of the polar decomposition (shear cannot be said
 * in a quaternion and is dropped) and the offset. Throws an InputError for a singular affine.
 */
export function quaternionFromAffine(affine: Affine): QuaternionForm {
  if (!isUsableAffine(affine)) {
    throw new InputError(
      `The affine [${affine.join(', ')}] has no rotation: its columns do not span a volume.`,
    );
  }
  const qfac = determinant3(affine) < 0 ? -1 : 1;
  const sizes = voxelSizes(affine);
  const scaled = affine.map((value, index) => {
    const column = index % 4;
    return index < 12 && column < 3 ? (value / sizes[column]) * (column === 2 ? qfac : 1) : value;
  });
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = nearestRotation(scaled);
  // The largest of the four components is computed by a root, the others by division through it.
  const candidates = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = candidates.indexOf(Math.max(...candidates));
  const root = Math.sqrt(candidates[largest]) / 2;
  const quarter = 1 / (4 * root);
  const [a, b, c, d] = [
    [root, (zy - yz) * quarter, (xz - zx) * quarter, (yx - xy) * quarter],
    [(zy - yz) * quarter, root, (xy + yx) * quarter, (xz + zx) * quarter],
    [(xz - zx) * quarter, (xy + yx) * quarter, root, (yz + zy) * quarter],
    [(yx - xy) * quarter, (xz + zx) * quarter, (yz + zy) * quarter, root],
  ][largest];
  // The file stores only b, c, d and takes a >= 0; the opposite quaternion is the same rotation.
  const sign = a < 0 ? -1 : 1;
  return {
    b: sign * b,
    c: sign * c,
    d: sign * d,
    qfac,
    sizes,
    offset: [affine[3], affine[7], affine[11]],
  };
}
