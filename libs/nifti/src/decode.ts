import { checkVolume, type Grid, type Volume } from '@oinr/volume';
import type { ByteReader } from './byteReader.ts';
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
export async function voxelsFrom(
  reader: ByteReader,
  header: NiftiHeader,
  position: number,
): Promise<StoredArray> {
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
export async function withHeader<Result>(
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

/** What a header and its voxels are together. */
export function imageOf(header: NiftiHeader, stored: StoredArray): NiftiImage {
  return { header, stored, slope: header.slope, intercept: header.intercept, grid: header.grid };
}

/** The image that follows its header in a single file; `check` is asked about the header before any voxel is read. */
export function singleImage(reader: ByteReader, check: (header: NiftiHeader) => void): Promise<NiftiImage> {
  return withHeader(reader, false, async (header) => {
    check(header);
    return imageOf(header, await voxelsFrom(reader, header, headerBytes[header.version]));
  });
}

/** Refuses images of more than one volume; dimensions of size 1 at the end are fine. */
export function checkSingleVolume(header: NiftiHeader, file: string): void {
  const volumes = header.dimensions.slice(3).reduce((product, size) => product * size, 1);
  if (volumes !== 1) {
    throw new NiftiError(
      file,
      `holds ${volumes} volumes (${header.dimensions.join(' x ')}); one 3-D volume was expected. Extract the volume that you mean.`,
    );
  }
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
