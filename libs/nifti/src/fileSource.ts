import { type FileHandle, open } from 'node:fs/promises';
import { errorCode, explainFileError } from '@oinr/files';
import type { ByteSource } from './byteReader.ts';
import { NiftiError } from './errors.ts';

const chunkBytes = 2 ** 18;

/** The bytes of a file on disk. Throws a NiftiError where there is none that can be read. */
export async function fileSource(path: string): Promise<ByteSource> {
  try {
    const file = await open(path, 'r');
    try {
      const facts = await file.stat();
      if (facts.isDirectory()) throw new NiftiError(path, 'is a folder; an image file was expected.');
      // A pipe or a device could make the reader wait for ever.
      if (!facts.isFile()) throw new NiftiError(path, 'is not a regular file; an image file was expected.');
      if (facts.size === 0) throw new NiftiError(path, 'is empty. Copy or convert the scan again.');
      const start = new Uint8Array(2);
      await file.read(start, 0, 2, 0);
      return { file: path, size: facts.size, start, chunks: chunksOf(file, path), close: () => file.close() };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof NiftiError) throw error;
    throw new NiftiError(
      path,
      errorCode(error) === 'ENOENT'
        ? 'does not exist. Check the path.'
        : `could not be read: ${explainFileError(error)}.`,
      { cause: error },
    );
  }
}

async function* chunksOf(file: FileHandle, path: string): AsyncIterable<Uint8Array> {
  const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: chunkBytes });
  try {
    yield* stream;
  } catch (error) {
    throw new NiftiError(path, `could not be read: ${explainFileError(error)}.`, { cause: error });
  }
}
