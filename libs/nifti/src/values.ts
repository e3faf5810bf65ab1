import type { StoredArray } from './datatypes.ts';
import { NiftiError } from './errors.ts';
import type { NiftiHeader } from './header.ts';

export const machineIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A typed array over the voxel bytes, which are swapped in place where the file has the other byte order. */
export function storedArray(buffer: ArrayBuffer, header: NiftiHeader): StoredArray {
  if (header.littleEndian !== machineIsLittleEndian) swapBytes(buffer, header.datatype.bytes);
  return header.datatype.view(buffer);
}

/** Reverses the bytes of every number, in place. */
export function swapBytes(buffer: ArrayBuffer, bytesPerNumber: number): void {
  const bytes = new Uint8Array(buffer);
  for (let from = 0; from < bytes.length; from += bytesPerNumber) {
    for (let low = from, high = from + bytesPerNumber - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
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
