import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { errorCode } from '@oinr/files';
import { GzipError } from './gzip.ts';

const chunkBytes = 2 ** 18;
const compress = promisify(gzip);

/** Inflates by Node's zlib. */
export async function* inflateByZlib(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  // Errors reach the reader through the iteration below; the callback only keeps them from being thrown twice.
  pipeline(Readable.from(chunks), gunzip, () => undefined);
  try {
    yield* gunzip;
  } catch (error) {
    const code = errorCode(error);
    if (!code.startsWith('Z_')) throw error;
    throw new GzipError(code === 'Z_BUF_ERROR' ? 'truncated' : 'damaged', { cause: error });
  }
}

/** Gzips by Node's zlib: the same bytes on every machine. */
export async function gzipByZlib(bytes: Uint8Array): Promise<Uint8Array> {
  const zipped = await compress(bytes, { level: 6 });
  // zlib writes no time; the operating system's number would differ between machines, 255 means unknown.
  zipped[9] = 255;
  return zipped;
}
