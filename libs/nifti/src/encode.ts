import {
  affineFromQuaternion,
  checkVolume,
  isUsableAffine,
  quaternionFromAffine,
  sameGrid,
  type Volume,
} from '@oinr/volume';
import { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { type Datatype, type DatatypeName, datatypeNamed } from './datatypes.ts';
import { NiftiError } from './errors.ts';
import { codeOfSpace, type SpaceName } from './space.ts';
import { machineIsLittleEndian, swapBytes } from './values.ts';

/** What the values of a map are, for the intent of the header. */
export type Intent =
  | { readonly kind: 't'; readonly degreesOfFreedom: number }
  | { readonly kind: 'p' | 'log10p' | 'label' };

/** NIfTI's codes; programs take -log10 p for LOG10PVAL, of which the standard counts the absolute value. */
const intentCodes: Readonly<Record<Intent['kind'], number>> = { t: 3, p: 22, log10p: 24, label: 1002 };

/** How a volume is written; what is left out has a default. */
export interface WriteOptions {
  /** The stored type; default float32. */
  readonly datatype?: DatatypeName;
  /**
   * For integer types: value = slope * stored + intercept. Without them, whole numbers that fit are stored as
   * they are, and other values are spread over the range of the type.
   */
  readonly slope?: number;
  readonly intercept?: number;
  /** A short text for the header's description field, at most 79 bytes of UTF-8; the rest is cut off. */
  readonly description?: string;
  /** Gzip the file; by default told by the suffix .gz. */
  readonly compress?: boolean;
  /**
   * What the world coordinates mean; default 'scanner'. With 'unknown' both codes are 0, and readers place the voxels by
   * their sizes alone.
   */
  readonly space?: SpaceName;
  /** What the values of a map are. Default: nothing is said. */
  readonly intent?: Intent;
}

/** The longest beginning of a text that fits into `limit` bytes of UTF-8. */
function fitText(text: string, limit: number): string {
  let fitted = '';
  let bytes = 0;
  for (const character of text) {
    bytes += new TextEncoder().encode(character).byteLength;
    if (bytes > limit) break;
    fitted += character;
  }
  return fitted;
}

interface Scaling {
  readonly slope: number;
  readonly intercept: number;
}

function scalingFor(data: Float32Array, type: Datatype, options: WriteOptions, file: string): Scaling {
  if (type.range === undefined) return { slope: 1, intercept: 0 };
  const [smallest, largest] = type.range;
  let low = Infinity;
  let high = -Infinity;
  let areWhole = true;
  for (const value of data) {
    if (!Number.isFinite(value)) {
      throw new NiftiError(
        file,
        `could not be written as ${type.name}: the volume holds ${value}, which integers cannot say. Write it as float32.`,
      );
    }
    if (value < low) low = value;
    if (value > high) high = value;
    areWhole &&= Number.isInteger(value);
  }
  if (options.slope !== undefined || options.intercept !== undefined) {
    const { slope = 1, intercept = 0 } = options;
    if (!(Number.isFinite(slope) && slope !== 0 && Number.isFinite(intercept))) {
      throw new NiftiError(
        file,
        `could not be written with slope ${slope} and intercept ${intercept}: finite numbers and a slope other than 0 were expected.`,
      );
    }
    const ends = [Math.round((low - intercept) / slope), Math.round((high - intercept) / slope)];
    if (Math.min(...ends) < smallest || Math.max(...ends) > largest) {
      throw new NiftiError(
        file,
        `could not be written as ${type.name} with slope ${slope} and intercept ${intercept}: values from ${low} to ${high} do not fit. Leave out the slope, or write it as float32.`,
      );
    }
    return { slope, intercept };
  }
  if (areWhole && low >= smallest && high <= largest) return { slope: 1, intercept: 0 };
  if (low === high) return { slope: 1, intercept: low };
  // 53 bits are all that a float64 can address, so wider types use only that much of their range.
  const from = Math.max(smallest, -(2 ** 52));
  const to = Math.min(largest, 2 ** 52);
  const slope = (high - low) / (to - from);
  return { slope, intercept: low - slope * from };
}

/** The stored numbers as little-endian bytes. */
function storedBytes(data: Float32Array, type: Datatype, scaling: Scaling): Uint8Array {
  if (type.name === 'float32' && machineIsLittleEndian) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  const buffer = new ArrayBuffer(data.length * type.bytes);
  const stored = type.view(buffer);
  const [smallest, largest] = type.range ?? [-Infinity, Infinity];
  for (let index = 0; index < data.length; index++) {
    let value: number = data[index];
    if (type.range !== undefined) {
      value = Math.round((value - scaling.intercept) / scaling.slope);
      // The ends of the range can be missed by one through rounding of the slope.
      value = Math.min(largest, Math.max(smallest, value));
    }
    if (stored instanceof BigInt64Array || stored instanceof BigUint64Array) {
      stored[index] = BigInt(value);
    } else stored[index] = value;
  }
  if (!machineIsLittleEndian) swapBytes(buffer, type.bytes);
  return new Uint8Array(buffer);
}

/**
 * The header. NIfTI-1 unless a dimension exceeds its 16 bits. The affine is stored as sform; the qform is
 * stored too where it can say the same (no shear), so that every reader finds the same geometry.
 */
function headerOf(volume: Volume, type: Datatype, scaling: Scaling, options: WriteOptions): Uint8Array {
  const { shape, affine } = volume.grid;
  const isLarge = shape.some((size) => size > 32767);
  const header = isLarge ? new NIFTI2() : new NIFTI1();
  const code = codeOfSpace(options.space ?? 'scanner');
  const quaternion = quaternionFromAffine(affine);
  const qformSaysTheSame = sameGrid({ shape, affine: affineFromQuaternion(quaternion) }, volume.grid, 1e-4);
  header.littleEndian = true;
  header.magic = isLarge ? 'n+2\0\r\n\x1a\n' : 'n+1\0';
  header.dims = [3, ...shape, 1, 1, 1, 1];
  header.pixDims = [quaternion.qfac, ...quaternion.sizes, 1, 1, 1, 1];
  header.datatypeCode = type.code;
  header.numBitsPerVoxel = type.bytes * 8;
  header.vox_offset = isLarge ? 544 : 352;
  header.scl_slope = scaling.slope;
  header.scl_inter = scaling.intercept;
  header.xyzt_units = NIFTI1.UNITS_MM;
  header.description = fitText(options.description ?? '', 79);
  if (options.intent !== undefined) {
    header.intent_code = intentCodes[options.intent.kind];
    header.intent_p1 = options.intent.kind === 't' ? options.intent.degreesOfFreedom : 0;
  }
  header.sform_code = code;
  header.qform_code = qformSaysTheSame ? code : 0;
  header.quatern_b = quaternion.b;
  header.quatern_c = quaternion.c;
  header.quatern_d = quaternion.d;
  header.qoffset_x = quaternion.offset[0];
  header.qoffset_y = quaternion.offset[1];
  header.qoffset_z = quaternion.offset[2];
  header.affine = [0, 4, 8, 12].map((row) => affine.slice(row, row + 4));
  return new Uint8Array(header.toArrayBuffer());
}

/** The bytes of a NIfTI file, header and voxels, before any compression. Throws NiftiError. */
export function encodeParts(
  volume: Volume,
  name: string,
  options: WriteOptions,
): readonly [header: Uint8Array, voxels: Uint8Array] {
  checkVolume(volume);
  if (!isUsableAffine(volume.grid.affine)) {
    throw new NiftiError(
      name,
      `could not be written: the affine [${volume.grid.affine.join(', ')}] cannot place voxels in space.`,
    );
  }
  const type = datatypeNamed(options.datatype ?? 'float32');
  const scaling = scalingFor(volume.data, type, options, name);
  const header = headerOf(volume, type, scaling, options);
  // NIfTI-1 stores the scaling as float32; voxels are rounded with the numbers a reader will find.
  const kept =
    header.byteLength === 352
      ? { slope: Math.fround(scaling.slope), intercept: Math.fround(scaling.intercept) }
      : scaling;
  return [header, storedBytes(volume.data, type, kept)];
}
