import type { Volume } from '@oinr/volume';
import { ByteReader } from './byteReader.ts';
import { checkSingleVolume, type NiftiImage, singleImage, volumeOf, withHeader } from './decode.ts';
import { encodeParts, type WriteOptions } from './encode.ts';
import { NiftiError } from './errors.ts';
import type { NiftiHeader } from './header.ts';
import { inflateByStream } from './inflateByStream.ts';

/** A file as browsers hand it to a page: its name, and bytes that are read where they lie. */
export type NamedBlob = Blob & { readonly name: string };

async function open(file: NamedBlob): Promise<ByteReader> {
  const { name, size } = file;
  if (size === 0) throw new NiftiError(name, 'is empty. Copy or convert the scan again.');
  const start = new Uint8Array(await bytesOf(file, 0, 2));
  return new ByteReader(
    { file: name, size, start, chunks: chunksOf(file), close: async () => undefined },
    inflateByStream,
  );
}

const chunkBytes = 2 ** 20;

async function* chunksOf(file: NamedBlob): AsyncIterable<Uint8Array> {
  for (let from = 0; from < file.size; from += chunkBytes)
    yield new Uint8Array(await bytesOf(file, from, from + chunkBytes));
}

async function bytesOf(file: NamedBlob, from: number, to: number): Promise<ArrayBuffer> {
  try {
    return await file.slice(from, to).arrayBuffer();
  } catch (error) {
    throw new NiftiError(
      file.name,
      'could not be read: it was moved, changed or taken away. Choose it again.',
      {
        cause: error,
      },
    );
  }
}

/** Reads and checks the header of a single NIfTI file (.nii, .nii.gz). No voxel is read. Throws NiftiError. */
export async function readBlobHeader(file: NamedBlob): Promise<NiftiHeader> {
  return withHeader(await open(file), false, async (header) => header);
}

/** Reads one 3-D volume, scaled (see `volumeOf`), on its stored grid: nothing is reoriented or resampled. */
export async function readBlobVolume(file: NamedBlob): Promise<Volume> {
  const check = (header: NiftiHeader): void => checkSingleVolume(header, file.name);
  const image: NiftiImage = await singleImage(await open(file), check);
  return volumeOf(image, file.name);
}

/** The file of a volume, gzipped where the name ends in .gz; what it says is what `encodeNifti` says. Throws NiftiError. */
export async function volumeBlob(volume: Volume, name: string, options: WriteOptions = {}): Promise<Blob> {
  const plain = new Blob(encodeParts(volume, name, options).map((part) => new Uint8Array(part)));
  if (!(options.compress ?? name.toLowerCase().endsWith('.gz'))) return plain;
  return new Response(plain.stream().pipeThrough(new CompressionStream('gzip'))).blob();
}
