import { existsSync } from 'node:fs';
import type { Volume } from '@oinr/volume';
import { ByteReader } from './byteReader.ts';
import { bytesSource } from './bytesSource.ts';
import {
  checkSingleVolume,
  imageOf,
  type NiftiImage,
  singleImage,
  volumeOf,
  voxelsFrom,
  withHeader,
} from './decode.ts';
import { NiftiError } from './errors.ts';
import { fileSource } from './fileSource.ts';
import type { NiftiHeader } from './header.ts';
import { inflateByZlib } from './zlib.ts';

const open = async (path: string): Promise<ByteReader> =>
  new ByteReader(await fileSource(path), inflateByZlib);

/** The header and image files of a name: the same for .nii, two for .hdr/.img (each possibly with .gz). */
function filesOf(path: string): { header: string; image: string } | undefined {
  const match = /^(.*)\.(hdr|img)(\.gz)?$/i.exec(path);
  if (match === null) return undefined;
  const [, stem, suffix, compressed = ''] = match;
  const isUpper = suffix === suffix.toUpperCase();
  const find = (wanted: string): string => {
    const cased = isUpper ? wanted.toUpperCase() : wanted;
    if (suffix.toLowerCase() === wanted) return path;
    const candidates = [`${stem}.${cased}${compressed}`, `${stem}.${cased}`, `${stem}.${cased}.gz`];
    return candidates.find((candidate) => existsSync(candidate)) ?? candidates[0];
  };
  return { header: find('hdr'), image: find('img') };
}

/** Reads an image, asking `check` about the header before any voxel is read. */
async function readChecked(path: string, check: (header: NiftiHeader) => void): Promise<NiftiImage> {
  const pair = filesOf(path);
  if (pair === undefined) {
    return singleImage(await open(path), check);
  }
  const header = await readHeader(path);
  check(header);
  if (!existsSync(pair.image)) {
    throw new NiftiError(
      path,
      `has no image file beside it: ${pair.image} does not exist. Put the .hdr and .img files together.`,
    );
  }
  const reader = await open(pair.image);
  try {
    return imageOf(header, await voxelsFrom(reader, header, 0));
  } finally {
    await reader.close();
  }
}

/** Reads and checks the header of a NIfTI file (either file of a pair). No voxel is read. Throws NiftiError. */
export async function readHeader(path: string): Promise<NiftiHeader> {
  const pair = filesOf(path);
  if (pair !== undefined && !existsSync(pair.header) && existsSync(path)) {
    throw new NiftiError(
      path,
      `has no header file beside it: ${pair.header} does not exist. Put the .hdr and .img files together.`,
    );
  }
  const reader = await open(pair?.header ?? path);
  return withHeader(reader, pair !== undefined, async (header) => header);
}

/**
 * Reads an image of any number of dimensions as it is stored (.nii, .nii.gz, .hdr/.img, both byte orders,
 * NIfTI-1 and NIfTI-2). Memory stays within what the header promises, and that is compared with the size of
 * the file before it is allocated. Throws NiftiError.
 */
export function readImage(path: string): Promise<NiftiImage> {
  return readChecked(path, () => undefined);
}

/** The same from the bytes of a single file (gzipped or not); `name` is used in errors. Throws NiftiError. */
export async function decodeNifti(bytes: Uint8Array, name: string): Promise<NiftiImage> {
  return singleImage(new ByteReader(bytesSource(bytes, name), inflateByZlib), () => undefined);
}

/** Reads one 3-D volume, scaled (see `volumeOf`), on its stored grid: nothing is reoriented or resampled. */
export async function readVolume(path: string): Promise<Volume> {
  return volumeOf(await readChecked(path, (header) => checkSingleVolume(header, path)), path);
}
