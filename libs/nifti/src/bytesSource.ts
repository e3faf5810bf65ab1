import type { ByteSource } from './byteReader.ts';
import { NiftiError } from './errors.ts';

/** Bytes in memory. Throws a NiftiError where there are none. */
export function bytesSource(bytes: Uint8Array, file: string): ByteSource {
  if (bytes.byteLength === 0) throw new NiftiError(file, 'is empty. Copy or convert the scan again.');
  return { file, size: bytes.byteLength, start: bytes, chunks: once(bytes), close: async () => undefined };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
