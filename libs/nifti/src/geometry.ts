import {
  type Affine,
  affineFromColumns,
  affineFromQuaternion,
  type Grid,
  isUsableAffine,
} from '@oinr/volume';
import { NiftiError } from './errors.ts';

/** Which of the three descriptions in a NIfTI header the geometry was taken from. */
export type AffineSource = 'sform' | 'qform' | 'pixdim';

/** The fields of a header that say where voxels are. */
export interface GeometryFields {
  readonly shape: readonly [number, number, number];
  readonly sformCode: number;
  readonly qformCode: number;
  /** The three rows of the sform, 12 numbers. */
  readonly sform: readonly number[];
  /** pixdim[0..3]: qfac, then voxel sizes in mm. */
  readonly pixdim: readonly number[];
  readonly quaternion: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/**
 * Voxel sizes for a geometry that rests on pixdim: signs are dropped (as nibabel does), and an axis with a
 * single voxel may have size 0, which then counts as 1 mm.
 */
function sizesFromPixdim(fields: GeometryFields, file: string): [number, number, number] {
  const size = (axis: 0 | 1 | 2): number => {
    const value = Math.abs(fields.pixdim[axis + 1]);
    if (value === 0 && fields.shape[axis] === 1) return 1;
    if (!(value > 0 && value < Infinity)) {
      throw new NiftiError(
        file,
        `has a voxel size of ${fields.pixdim[axis + 1]} mm along axis ${axis} (pixdim[${axis + 1}]); a number above 0 was expected. Correct its header.`,
      );
    }
    return value;
  };
  return [size(0), size(1), size(2)];
}

function qformAffine(fields: GeometryFields, file: string): Affine {
  const [b, c, d] = fields.quaternion;
  try {
    return affineFromQuaternion({
      b,
      c,
      d,
      qfac: fields.pixdim[0] < 0 ? -1 : 1,
      sizes: sizesFromPixdim(fields, file),
      offset: fields.offset,
    });
  } catch (error) {
    if (error instanceof NiftiError) throw error;
    throw new NiftiError(
      file,
      `has a damaged qform: its quaternion (${b}, ${c}, ${d}) has a length above 1 or holds no numbers. Correct its header or convert the scan again.`,
      { cause: error },
    );
  }
}

/**
 * Neither form is set: voxel sizes alone, with the centre of the image at world 0 and the first axis running
 * to the left, the convention of ANALYZE files and of nibabel. Which side is left is then not known for certain.
 */
function pixdimAffine(fields: GeometryFields, file: string): Affine {
  const [dx, dy, dz] = sizesFromPixdim(fields, file);
  const [nx, ny, nz] = fields.shape;
  return affineFromColumns(
    [-dx, 0, 0],
    [0, dy, 0],
    [0, 0, dz],
    [((nx - 1) / 2) * dx, (-(ny - 1) / 2) * dy, (-(nz - 1) / 2) * dz],
  );
}

/**
 * The grid of an image by the rule that nibabel, SPM and FSL follow: the sform when its code is above 0, else
 * the qform when its code is above 0, else pixdim. Units of length are taken as millimetres, as those tools do.
 * Throws NiftiError when the form that the rule chooses cannot place voxels in space; no other form is taken
 * in its stead.
 */
export function gridOf(fields: GeometryFields, file: string): { grid: Grid; affineFrom: AffineSource } {
  const affineFrom: AffineSource = fields.sformCode > 0 ? 'sform' : fields.qformCode > 0 ? 'qform' : 'pixdim';
  const affine =
    affineFrom === 'sform'
      ? [...fields.sform, 0, 0, 0, 1]
      : affineFrom === 'qform'
        ? qformAffine(fields, file)
        : pixdimAffine(fields, file);
  if (!isUsableAffine(affine)) {
    throw new NiftiError(
      file,
      `has ${affineFrom === 'pixdim' ? 'voxel sizes' : `a ${affineFrom}`} that cannot place its voxels in space (${affine.slice(0, 12).join(', ')}). Correct its header or convert the scan again.`,
    );
  }
  return { grid: { shape: fields.shape, affine }, affineFrom };
}
