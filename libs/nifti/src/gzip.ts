/** Gzipped bytes that cannot be inflated: they end too early, or are not what a compressor wrote. */
export class GzipError extends Error {
  override readonly name = 'GzipError';
  readonly kind: 'truncated' | 'damaged';
  constructor(kind: 'truncated' | 'damaged', options?: ErrorOptions) {
    super(`The gzip data are ${kind}.`, options);
    this.kind = kind;
  }
}

/** Inflates gzipped bytes as they come. Throws a GzipError, or what reading the bytes throws. */
export type Inflate = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
