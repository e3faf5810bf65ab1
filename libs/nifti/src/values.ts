import { endianness } from 'node:os';
import type { StoredArray } from './datatypes.ts';
import { NiftiError } from './errors.ts';
import type { NiftiHeader } from './header.ts';

export const machineIsLittleEndian = endianness() === 'LE';

/** A typed array over the voxel bytes, which are swapped in place where the file has the other byte order. */
export function storedArray(buffer: ArrayBuffer, header: NiftiHeader): StoredArray {
  if (header.littleEndian !== machineIsLittleEndian) {
    const bytes = Buffer.from(buffer);
    if (header.datatype.bytes === 2) bytes.swap16();
    else if (header.datatype.bytes === 4) bytes.swap32();
    else if (header.datatype.bytes === 8) bytes.swap64();
  }
  return header.datatype.view(buffer);
}

/** Scaled values as float32. A float32 image without scaling is handed on without a copy. */
export function toFloat32(
  image: { stored: StoredArray; slope: number; intercept: number },
  file: string,
): Float32Array {
  const { stored, slope, intercept } = image;
  if (stored instanceof Float32Array && slope === 1 && intercept === 0) return stored;
  const values = new Float32Array(stored.length);
  for (let index = 0; index < values.length; index++) {
    const value = slope * Number(stored[index]) + intercept;
    const rounded = Math.fround(value);
    if (!Number.isFinite(rounded) && !Number.isNaN(value) && Number.isFinite(Number(stored[index]))) {
      throw new NiftiError(
        file,
        `holds the value ${value} (voxel ${index}), which is too large for float32. Rescale the image.`,
      );
    }
    values[index] = rounded;
  }
  return values;
}
