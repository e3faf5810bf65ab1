import {
  type Affine,
  affineFromColumns,
  affineFromQuaternion,
  applyAffine,
  type Grid,
  isUsableAffine,
  voxelSizes,
} from '@oinr/volume';
import { NiftiError } from './errors.ts';
import { lengthUnit } from './lengthUnit.ts';
import { type SpaceName, spaceOfCode } from './space.ts';

/** Which of the three descriptions in a NIfTI header the geometry was taken from. */
export type AffineSource = 'sform' | 'qform' | 'pixdim';

/** Where the voxels of an image are, as its header says it. */
export interface Geometry {
  /** In millimetres. */
  readonly grid: Grid;
  readonly affineFrom: AffineSource;
  /** What the world coordinates mean; `unknown` where neither form is set, so that left and right are not known. */
  readonly space: SpaceName;
  /** What somebody should know of the choice, one sentence each: units that were converted, forms that disagree. */
  readonly remarks: readonly string[];
}

/** The fields of a header that say where voxels are, in the header's own unit of length. */
export interface GeometryFields {
  readonly shape: readonly [number, number, number];
  readonly sformCode: number;
  readonly qformCode: number;
  /** The three rows of the sform, 12 numbers. */
  readonly sform: readonly number[];
  /** pixdim[0..3]: qfac, then voxel sizes. */
  readonly pixdim: readonly number[];
  readonly quaternion: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
  /** xyzt_units. */
  readonly units: number;
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
 * the qform when its code is above 0, else pixdim. Lengths are brought to millimetres (see lengthUnit), and what the
 * header says besides and does not fit is remarked. Throws NiftiError when the form that the rule chooses cannot place
 * voxels in space; no other form is taken in its stead.
 */
export function geometryOf(fields: GeometryFields, file: string): Geometry {
  const { shape } = fields;
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
  const sizes = voxelSizes(affine);
  const { millimetres, remark } = lengthUnit(
    fields.units,
    Math.max(...shape.map((count, axis) => count * sizes[axis])),
  );
  const inMillimetres =
    millimetres === 1 ? affine : affine.map((value, n) => (n < 12 ? value * millimetres : value));
  if (!isUsableAffine(inMillimetres)) {
    throw new NiftiError(
      file,
      `has lengths that cannot be brought to millimetres (${affine.slice(0, 12).join(', ')} times ${millimetres}). Correct its header or convert the scan again.`,
    );
  }
  const space = spaceOfCode(affineFrom === 'sform' ? fields.sformCode : fields.qformCode);
  return {
    grid: { shape, affine: inMillimetres },
    affineFrom,
    space: affineFrom === 'pixdim' ? 'unknown' : space,
    remarks: [
      ...(remark === undefined ? [] : [remark]),
      ...(affineFrom === 'pixdim' ? [orientationUnknown] : []),
      ...(affineFrom === 'sform' ? disagreements(fields, affine, millimetres) : []),
    ],
  };
}

const orientationUnknown =
  'The header does not say how the head lies (sform_code and qform_code are 0): left and right are not known, the axes were taken as left, anterior and superior.';

/** Voxel sizes that differ by more than this share are not one size that was rounded. */
const sizeTolerance = 0.01;

/** What qform and pixdim say that an sform, which was followed, does not. Lengths in the header's own unit. */
function disagreements(fields: GeometryFields, sform: Affine, millimetres: number): string[] {
  const remarks: string[] = [];
  const sizes = voxelSizes(sform);
  const said = [1, 2, 3].map((n) => Math.abs(fields.pixdim[n]));
  const isOther = (axis: 0 | 1 | 2): boolean =>
    fields.shape[axis] > 1 && !(Math.abs(said[axis] - sizes[axis]) <= sizeTolerance * sizes[axis]);
  const list = (values: readonly number[]): string =>
    `${values.map((value) => Number((value * millimetres).toPrecision(4))).join(' x ')} mm`;
  if (([0, 1, 2] as const).some(isOther))
    remarks.push(
      `The header gives two voxel sizes, ${list(said)} in pixdim and ${list(sizes)} in the sform; the sform was followed.`,
    );
  if (fields.qformCode > 0) {
    const apart = distanceToQform(fields, sform);
    // Half a voxel: what rounding and a slight shear make is less.
    if (apart === undefined || !(apart <= Math.min(...sizes) / 2))
      remarks.push(
        apart === undefined
          ? 'The qform of the header is damaged; the sform was followed.'
          : `The two forms of the header place the image up to ${Number((apart * millimetres).toPrecision(3))} mm apart (qform: ${spaceOfCode(fields.qformCode)}, sform: ${spaceOfCode(fields.sformCode)}); the sform was followed.`,
      );
  }
  return remarks;
}

/** How far apart two forms place a corner of the image, at most; undefined where the qform places nothing. */
function distanceToQform(fields: GeometryFields, sform: Affine): number | undefined {
  let qform: Affine;
  try {
    qform = qformAffine(fields, '');
  } catch (error) {
    if (error instanceof NiftiError) return undefined;
    throw error;
  }
  const [nx, ny, nz] = fields.shape.map((count) => count - 1);
  const corners = Array.from(
    { length: 8 },
    (_, n) => [n & 1 ? nx : 0, n & 2 ? ny : 0, n & 4 ? nz : 0] as const,
  );
  const distances = corners.map((corner) => {
    const [a, b] = [applyAffine(sform, corner), applyAffine(qform, corner)];
    return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  });
  const most = Math.max(...distances);
  return Number.isFinite(most) ? most : undefined;
}
