import type { Executor } from '@oinr/graph';
import type { ArrayAxis, Grid } from '@oinr/volume';

/**
 * What is known of a volume: its kept slices. `grid` is the full grid to be filled. `data` holds the kept slices
 * only, x fastest, shaped like the grid but with `kept.length` along `axis`. `kept` are strictly increasing indices
 * along `axis` of the full grid (at least two).
 */
export interface KeptSlices {
  readonly grid: Grid;
  readonly axis: ArrayAxis;
  readonly kept: readonly number[];
  readonly data: Float32Array;
}

/** What a method may use besides the data. Nothing here knows the truth. */
export interface MethodContext {
  readonly executor: Executor;
  readonly seed: number;
  /** Called now and then with the share done (0 to 1) and, while fitting, the current loss. */
  readonly onProgress?: (done: number, loss?: number) => void;
  readonly signal?: AbortSignal;
}

/** The filled volume: `data` covers the full grid, x fastest; kept slices are bit for bit those given. */
export interface Imputation {
  readonly data: Float32Array;
  /** Training steps taken on this subject; 0 for interpolation. */
  readonly steps: number;
  /** One-sentence remarks a user should see, such as a guard that fell back to PCHIP. */
  readonly remarks: readonly string[];
  /** Further numbers worth a place in the sidecar (final loss, predicted errors). */
  readonly details: Readonly<Record<string, number | string>>;
}

export interface ImputationMethod {
  readonly name: string;
  impute(known: KeptSlices, context: MethodContext): Promise<Imputation>;
}
