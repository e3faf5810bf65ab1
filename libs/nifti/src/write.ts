import { FileWriteError, writeFileAtomic } from '@oinr/files';
import type { Volume } from '@oinr/volume';
import { encodeParts, type WriteOptions } from './encode.ts';
import { NiftiError } from './errors.ts';
import { gzipByZlib } from './zlib.ts';

/** The bytes of a NIfTI file: the same volume and options give the same bytes. Throws NiftiError. */
export async function encodeNifti(
  volume: Volume,
  name: string,
  options: WriteOptions = {},
): Promise<Uint8Array> {
  const whole = Buffer.concat(encodeParts(volume, name, options));
  return (options.compress ?? name.toLowerCase().endsWith('.gz')) ? gzipByZlib(whole) : whole;
}

/**
 * Writes a volume as a single NIfTI file (.nii or .nii.gz) in its stored order and with its affine. The file
 * appears by rename when it is complete. Throws NiftiError.
 */
export async function writeVolume(path: string, volume: Volume, options: WriteOptions = {}): Promise<void> {
  if (!/\.nii(\.gz)?$/i.test(path)) {
    throw new NiftiError(path, 'could not be written: the name of a NIfTI file must end in .nii or .nii.gz.');
  }
  const bytes = await encodeNifti(volume, path, options);
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    if (!(error instanceof FileWriteError)) throw error;
    throw new NiftiError(path, error.message.slice(path.length + 1), { cause: error });
  }
}
