import { NiftiError } from './errors.ts';
import { GzipError } from './gzip.ts';

/** Inflates by the stream that browsers have built in: one gzip member, as image files are. */
export async function* inflateByStream(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  const reader = readable.getReader();
  let isWritten = false;
  const write = async (): Promise<void> => {
    for await (const chunk of chunks) await writer.write(new Uint8Array(chunk));
    isWritten = true;
    await writer.close();
  };
  // Errors reach the reader through the stream; aborting one that has failed already changes nothing.
  write()
    .catch((error: unknown) => writer.abort(error))
    .catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
  } catch (error) {
    if (error instanceof NiftiError) throw error;
    // That bytes are missing shows at their end only, after all were taken.
    throw new GzipError(isWritten ? 'truncated' : 'damaged', { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
