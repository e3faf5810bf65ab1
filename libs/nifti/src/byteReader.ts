import { NiftiError } from './errors.ts';
import { GzipError, type Inflate } from './gzip.ts';

/** Deflate cannot expand its input by more than this factor (zlib's technical details), so a size can be refused before it is allocated. */
const largestExpansion = 1032;

/** Where bytes come from: a file on disk, a file that was handed to a page, bytes in memory. */
export interface ByteSource {
  /** As it is named in errors. */
  readonly file: string;
  /** Bytes as they are stored. */
  readonly size: number;
  /** The first two bytes or more, which tell whether it is gzipped. */
  readonly start: Uint8Array;
  /** The bytes from the beginning. Throws a NiftiError where they cannot be read. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Lets go of the source. */
  readonly close: () => Promise<void>;
}

/**
 * The bytes of a source from the beginning, inflated on the way where they are gzipped (told by their
 * first two bytes, not by the name). Nothing is held beyond one chunk, so a small file that inflates to
 * terabytes costs nothing until somebody asks for its bytes.
 */
export class ByteReader {
  readonly file: string;
  readonly isGzipped: boolean;
  /** Bytes of the source as they are stored. */
  readonly storedBytes: number;
  /** No more bytes than this can come: exact for plain bytes, an upper bound for gzipped ones. */
  readonly mostBytes: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #close: () => Promise<void>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor({ file, size, start, chunks, close }: ByteSource, inflate: Inflate) {
    this.file = file;
    this.storedBytes = size;
    this.isGzipped = start[0] === 0x1f && start[1] === 0x8b;
    this.mostBytes = this.isGzipped ? size * largestExpansion : size;
    this.#chunks = (this.isGzipped ? inflate(chunks) : chunks)[Symbol.asyncIterator]();
    this.#close = close;
  }

  /** Fetches the next chunk; false at the end of the bytes. */
  async #next(): Promise<boolean> {
    try {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      this.#chunk = value;
      return true;
    } catch (error) {
      if (!(error instanceof GzipError)) throw error;
      const sentence =
        error.kind === 'truncated'
          ? 'is truncated: its gzip data end too early. Copy the file again.'
          : 'has damaged gzip data. Copy the file again.';
      throw new NiftiError(this.file, sentence, { cause: error });
    }
  }

  /** Reads into `target` until it is full or the bytes end; returns how many were read. */
  async read(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.byteLength) {
      if (this.#chunk.byteLength === 0 && !(await this.#next())) break;
      const part = this.#chunk.subarray(0, target.byteLength - filled);
      target.set(part, filled);
      this.#chunk = this.#chunk.subarray(part.byteLength);
      filled += part.byteLength;
    }
    return filled;
  }

  /** Passes over `count` bytes or to the end; returns how many were passed. */
  async skip(count: number): Promise<number> {
    let passed = 0;
    while (passed < count) {
      if (this.#chunk.byteLength === 0 && !(await this.#next())) break;
      const step = Math.min(this.#chunk.byteLength, count - passed);
      this.#chunk = this.#chunk.subarray(step);
      passed += step;
    }
    return passed;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
    await this.#close();
  }
}
