import { existsSync } from 'node:fs';
import { checkVolume, type Grid, type Volume } from '@oinr/volume';
import { ByteReader } from './byteReader.ts';
import type { StoredArray } from './datatypes.ts';
import { NiftiError } from './errors.ts';
import { headerBytes, headerVersion, type NiftiHeader, parseHeader } from './header.ts';
import { storedArray, toFloat32 } from './values.ts';

/** An image as it is stored: numbers before scaling, all dimensions, x fastest. */
export interface NiftiImage {
  readonly header: NiftiHeader;
  /** The numbers before scaling. */
  readonly stored: StoredArray;
  /** value = slope * stored + intercept. */
  readonly slope: number;
  readonly intercept: number;
  /** The first three dimensions and where they lie. */
  readonly grid: Grid;
}

/**
 * Scans shrink two- to thirty-fold in gzip, masks a few hundred-fold, and neither has a gigabyte: what is both larger
 * and emptier than this is taken for a bomb.
 */
const bomb = { bytes: 2 ** 30, expansion: 100 } as const;

/** How much may follow the voxels in a gzipped file before it is taken for a bomb. */
const mostTrailingBytes = 2 ** 20;

async function headerFrom(reader: ByteReader): Promise<NiftiHeader> {
  const bytes = new Uint8Array(headerBytes[2]);
  const start = await reader.read(bytes.subarray(0, 4));
  const version = start === 4 ? headerVersion(bytes) : undefined;
  const size = version === undefined ? 4 : headerBytes[version];
  const got = version === undefined ? start : 4 + (await reader.read(bytes.subarray(4, size)));
  if (version !== undefined && got < size) {
    throw new NiftiError(
      reader.file,
      `is truncated: it ends after ${got} bytes, within its header of ${size}. Copy the file again.`,
    );
  }
  return parseHeader(bytes.subarray(0, size), reader.file);
}

/** Reads the voxels; `position` is the byte at which the reader stands. */
async function voxelsFrom(reader: ByteReader, header: NiftiHeader, position: number): Promise<StoredArray> {
  const truncated = (found: number, atMost: boolean) =>
    new NiftiError(
      reader.file,
      `is truncated: its header promises ${header.dimensions.join(' x ')} voxels of type ${header.datatype.name}, ${header.dataOffset + header.dataBytes} bytes with what comes before, but it holds ${atMost ? 'at most ' : ''}${found}. Copy or convert the scan again.`,
    );
  // Checked before anything is allocated.
  if (header.dataOffset + header.dataBytes > reader.mostBytes) {
    throw truncated(reader.mostBytes, reader.isGzipped);
  }
  const expansion = header.dataBytes / reader.storedBytes;
  if (reader.isGzipped && header.dataBytes > bomb.bytes && expansion > bomb.expansion) {
    throw new NiftiError(
      reader.file,
      `would inflate ${Math.round(expansion)}-fold to ${(header.dataBytes / 2 ** 30).toFixed(1)} GiB, which no scan does. It is damaged or was made to do harm; if you trust it, inflate it first.`,
    );
  }
  const before = position + (await reader.skip(header.dataOffset - position));
  if (before < header.dataOffset) throw truncated(before, false);
  const bytes = new Uint8Array(header.dataBytes);
  const got = await reader.read(bytes);
  if (got < header.dataBytes) throw truncated(header.dataOffset + got, false);
  // Going on to the end lets zlib compare the checksum.
  if (reader.isGzipped && (await reader.skip(mostTrailingBytes)) === mostTrailingBytes) {
    throw new NiftiError(
      reader.file,
      `inflates to far more than the ${header.dataOffset + header.dataBytes} bytes that its header promises. It is damaged or was made to do harm; do not use it.`,
    );
  }
  return storedArray(bytes.buffer, header);
}

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

function checkPairing(header: NiftiHeader, isPair: boolean, file: string): void {
  if (header.singleFile === !isPair) return;
  throw new NiftiError(
    file,
    isPair
      ? "has the mark 'n+' of a single file but the name of a .hdr/.img pair. Rename it to .nii."
      : "has the mark 'ni' of a .hdr/.img pair but is read as a single file. Give the .hdr or .img file, or convert the scan to .nii.",
  );
}

/** Opens, reads the header, hands both to `then`, and closes whatever happened. */
async function withHeader<Result>(
  reader: ByteReader,
  isPair: boolean,
  then: (header: NiftiHeader) => Promise<Result>,
): Promise<Result> {
  try {
    const header = await headerFrom(reader);
    checkPairing(header, isPair, reader.file);
    return await then(header);
  } finally {
    await reader.close();
  }
}

function imageOf(header: NiftiHeader, stored: StoredArray): NiftiImage {
  return { header, stored, slope: header.slope, intercept: header.intercept, grid: header.grid };
}

/** Reads an image, asking `check` about the header before any voxel is read. */
async function readChecked(path: string, check: (header: NiftiHeader) => void): Promise<NiftiImage> {
  const pair = filesOf(path);
  if (pair === undefined) {
    const reader = await ByteReader.fromFile(path);
    return withHeader(reader, false, async (header) => {
      check(header);
      return imageOf(header, await voxelsFrom(reader, header, headerBytes[header.version]));
    });
  }
  const header = await readHeader(path);
  check(header);
  if (!existsSync(pair.image)) {
    throw new NiftiError(
      path,
      `has no image file beside it: ${pair.image} does not exist. Put the .hdr and .img files together.`,
    );
  }
  const reader = await ByteReader.fromFile(pair.image);
  try {
    return imageOf(header, await voxelsFrom(reader, header, 0));
  } finally {
    await reader.close();
  }
}

/** Refuses images of more than one volume; dimensions of size 1 at the end are fine. */
function checkSingleVolume(header: NiftiHeader, file: string): void {
  const volumes = header.dimensions.slice(3).reduce((product, size) => product * size, 1);
  if (volumes !== 1) {
    throw new NiftiError(
      file,
      `holds ${volumes} volumes (${header.dimensions.join(' x ')}); one 3-D volume was expected. Extract the volume that you mean.`,
    );
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
  const reader = await ByteReader.fromFile(pair?.header ?? path);
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
  const reader = ByteReader.fromBytes(bytes, name);
  return withHeader(reader, false, async (header) =>
    imageOf(header, await voxelsFrom(reader, header, headerBytes[header.version])),
  );
}

/**
 * The volume of an image: slope * stored + intercept, computed in float64 and rounded to float32. NaN that the
 * file holds stay NaN. Throws NiftiError when there is more than one volume, or when a finite value does not
 * fit into float32.
 */
export function volumeOf(image: NiftiImage, name: string): Volume {
  checkSingleVolume(image.header, name);
  const volume = { grid: image.grid, data: toFloat32(image, name) };
  checkVolume(volume);
  return volume;
}

/** Reads one 3-D volume, scaled (see `volumeOf`), on its stored grid: nothing is reoriented or resampled. */
export async function readVolume(path: string): Promise<Volume> {
  return volumeOf(await readChecked(path, (header) => checkSingleVolume(header, path)), path);
}
