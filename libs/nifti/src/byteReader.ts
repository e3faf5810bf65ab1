import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode, explainFileError } from '@oinr/files';
import { NiftiError } from './errors.ts';

/** Deflate cannot expand its input by more than this factor (zlib's technical details), so a size can be refused before it is allocated. */
const largestExpansion = 1032;

const chunkBytes = 2 ** 18;

/**
 * The bytes of a file or buffer from the beginning, inflated on the way where they are gzipped (told by their
 * first two bytes, not by the name). Nothing is held beyond one chunk, so a small file that inflates to
 * terabytes costs nothing until somebody asks for its bytes.
 */
export class ByteReader {
  readonly file: string;
  readonly isGzipped: boolean;
  /** Bytes of the file as it lies on disk. */
  readonly storedBytes: number;
  /** No more bytes than this can come: exact for plain bytes, an upper bound for gzipped ones. */
  readonly mostBytes: number;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #close: () => Promise<void>;
  #chunk: Uint8Array = new Uint8Array(0);

  private constructor(
    file: string,
    source: Readable,
    size: number,
    start: Uint8Array,
    close: () => Promise<void>,
  ) {
    this.file = file;
    this.storedBytes = size;
    this.isGzipped = start[0] === 0x1f && start[1] === 0x8b;
    this.mostBytes = this.isGzipped ? size * largestExpansion : size;
    let stream = source;
    if (this.isGzipped) {
      const gunzip = createGunzip({ chunkSize: chunkBytes });
      // Errors reach the reader through the iteration below; the callback only keeps them from being thrown twice.
      pipeline(source, gunzip, () => undefined);
      stream = gunzip;
    }
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#close = async () => {
      stream.destroy();
      source.destroy();
      await close();
    };
  }

  static fromBytes(bytes: Uint8Array, file: string): ByteReader {
    if (bytes.byteLength === 0) throw new NiftiError(file, 'is empty. Copy or convert the scan again.');
    return new ByteReader(file, Readable.from([bytes]), bytes.byteLength, bytes, async () => undefined);
  }

  static async fromFile(path: string): Promise<ByteReader> {
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
        const source = file.createReadStream({ start: 0, autoClose: false, highWaterMark: chunkBytes });
        return new ByteReader(path, source, facts.size, start, () => file.close());
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

  /** Fetches the next chunk; false at the end of the bytes. */
  async #next(): Promise<boolean> {
    try {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      this.#chunk = value;
      return true;
    } catch (error) {
      const code = errorCode(error);
      const sentence =
        code === 'Z_BUF_ERROR'
          ? 'is truncated: its gzip data end too early. Copy the file again.'
          : code.startsWith('Z_')
            ? 'has damaged gzip data. Copy the file again.'
            : `could not be read: ${explainFileError(error)}.`;
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

  close(): Promise<void> {
    return this.#close();
  }
}
