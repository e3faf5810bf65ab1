import { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { type Datatype, datatypeOf } from './datatypes.ts';
import { NiftiError } from './errors.ts';
import { type Geometry, geometryOf } from './geometry.ts';

/** What a NIfTI header says, checked. Of its grid, missing dimensions count as 1. */
export interface NiftiHeader extends Geometry {
  /** NIfTI-1 or NIfTI-2. */
  readonly version: 1 | 2;
  /** The byte order of the file. */
  readonly littleEndian: boolean;
  /** True for a single file (.nii); false when the voxels are in an .img file beside the header. */
  readonly singleFile: boolean;
  /** All dimensions, x fastest, as stored: 1 to 7 numbers above 0. */
  readonly dimensions: readonly number[];
  /** How the voxels are stored. */
  readonly datatype: Datatype;
  /** Byte at which the voxels begin, in the (inflated) file that holds them. */
  readonly dataOffset: number;
  /** Bytes of all voxels. */
  readonly dataBytes: number;
  /** value = slope * stored + intercept; 1 and 0 where the file states no scaling. */
  readonly slope: number;
  readonly intercept: number;
  /** NIfTI's codes of what the two forms mean; 0 where a form is absent. */
  readonly sformCode: number;
  readonly qformCode: number;
}

/** The largest image that is read: 8 GiB of voxels, more than any T1 scan and less than a typed array's limit. */
const largestImageBytes = 2 ** 33;

/** Extensions of a header have kilobytes; an offset beyond this would only cost the time to pass over nothing. */
const largestOffset = 2 ** 26;

/** Sizes of the two headers in bytes; the first four bytes of a file hold one of them. */
export const headerBytes = { 1: 348, 2: 540 } as const;

/** Tells the version from the first four bytes, in either byte order; `undefined` when it is no NIfTI header. */
export function headerVersion(start: Uint8Array): 1 | 2 | undefined {
  if (start.byteLength < 4) return undefined;
  const view = new DataView(start.buffer, start.byteOffset, 4);
  const sizes = [view.getInt32(0, true), view.getInt32(0, false)];
  return sizes.includes(348) ? 1 : sizes.includes(540) ? 2 : undefined;
}

const magics = {
  1: { single: 'n+1\0', pair: 'ni1\0' },
  2: { single: 'n+2\0\r\n\x1a\n', pair: 'ni2\0\r\n\x1a\n' },
} as const;

function readDimensions(dims: readonly number[], file: string): number[] {
  const count = dims[0];
  if (!(Number.isInteger(count) && count >= 1 && count <= 7)) {
    throw new NiftiError(
      file,
      `has a damaged header: it states ${count} dimensions where 1 to 7 were expected. Convert the scan again.`,
    );
  }
  const sizes = dims.slice(1, count + 1);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new NiftiError(
      file,
      `has dimensions ${sizes.join(' x ')}; every one should be a whole number above 0. Convert the scan again.`,
    );
  }
  return sizes;
}

/** Slope and intercept as the standard says: a slope of 0 (or one that is no number) means no scaling. */
function readScaling(slope: number, intercept: number, file: string): { slope: number; intercept: number } {
  if (slope === 0 || !Number.isFinite(slope)) return { slope: 1, intercept: 0 };
  if (!Number.isFinite(intercept)) {
    throw new NiftiError(
      file,
      `has slope ${slope} but intercept ${intercept}; a finite intercept was expected. Correct its header (scl_inter).`,
    );
  }
  return { slope, intercept };
}

function readDataOffset(offset: number, singleFile: boolean, smallest: number, file: string): number {
  // Some writers leave 0 in a single file; the voxels then follow the header and its four extension bytes.
  if (singleFile && offset === 0) return smallest;
  const least = singleFile ? smallest : 0;
  if (!Number.isSafeInteger(offset) || offset < least || offset > largestOffset) {
    throw new NiftiError(
      file,
      `says that its voxels begin at byte ${offset}; a whole number from ${least} to ${largestOffset} was expected. Correct its header (vox_offset) or convert the scan again.`,
    );
  }
  return offset;
}

/**
 * Reads and checks a header from its bytes (348 for NIfTI-1, 540 for NIfTI-2; more are ignored). Fields come
 * from nifti-reader-js; the geometry is computed here, because the library's affine is NaN for slightly
 * un-normed quaternions and prefers a qform of larger code. Throws NiftiError.
 */
export function parseHeader(bytes: Uint8Array, file: string): NiftiHeader {
  const version = headerVersion(bytes);
  if (version === undefined || bytes.byteLength < headerBytes[version]) {
    throw new NiftiError(
      file,
      'is not a NIfTI file: it does not begin with a NIfTI-1 or NIfTI-2 header. Give a .nii, .nii.gz or .hdr/.img image.',
    );
  }
  // A copy of exactly the header: the library ignores byteOffset, and with more bytes it would walk the
  // extensions, which nobody here needs and damaged files make endless.
  const own = bytes.slice(0, headerBytes[version]);
  const fields = version === 1 ? new NIFTI1() : new NIFTI2();
  fields.readHeader(own.buffer);
  const view = new DataView(own.buffer);

  const magicAt = version === 1 ? 344 : 4;
  const expected = magics[version];
  const magic = String.fromCharCode(...own.subarray(magicAt, magicAt + expected.single.length));
  if (magic !== expected.single && magic !== expected.pair) {
    throw new NiftiError(
      file,
      version === 1
        ? "has a header of 348 bytes without the mark 'n+1' or 'ni1': an ANALYZE 7.5 image or a damaged file. Convert it to NIfTI."
        : "has a NIfTI-2 header whose mark 'n+2' or 'ni2' is damaged, as by a transfer in text mode. Copy the file again.",
    );
  }
  const singleFile = magic === expected.single;

  const datatype = datatypeOf(fields.datatypeCode);
  if (typeof datatype === 'string') {
    throw new NiftiError(
      file,
      `holds ${datatype}; real numbers of 8 to 64 bits were expected. Convert the image to float32.`,
    );
  }

  const dimensions = readDimensions(fields.dims, file);
  const dataBytes = dimensions.reduce((product, size) => product * size, datatype.bytes);
  if (dataBytes > largestImageBytes) {
    throw new NiftiError(
      file,
      `states ${dimensions.join(' x ')} voxels of ${datatype.bytes} bytes, more than the ${largestImageBytes / 2 ** 30} GiB that are read. Its header is probably damaged; convert the scan again.`,
    );
  }

  // The library leaves out the sform when it prefers the qform, so NIfTI-1 rows are read from the bytes.
  const sform = Array.from({ length: 12 }, (_, index) =>
    version === 1
      ? view.getFloat32(280 + 4 * index, fields.littleEndian)
      : view.getFloat64(400 + 8 * index, fields.littleEndian),
  );
  const geometry = geometryOf(
    {
      shape: [dimensions[0], dimensions[1] ?? 1, dimensions[2] ?? 1],
      sformCode: fields.sform_code,
      qformCode: fields.qform_code,
      sform,
      pixdim: fields.pixDims,
      quaternion: [fields.quatern_b, fields.quatern_c, fields.quatern_d],
      offset: [fields.qoffset_x, fields.qoffset_y, fields.qoffset_z],
      units: fields.xyzt_units,
    },
    file,
  );
  return {
    version,
    littleEndian: fields.littleEndian,
    singleFile,
    dimensions,
    datatype,
    dataOffset: readDataOffset(fields.vox_offset, singleFile, headerBytes[version] + 4, file),
    dataBytes,
    ...readScaling(fields.scl_slope, fields.scl_inter, file),
    ...geometry,
    sformCode: fields.sform_code,
    qformCode: fields.qform_code,
  };
}
