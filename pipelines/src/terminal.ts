import type { ProgressStream } from '@oinr/run';

/** Where a stage speaks: results and progress to `out`, what went wrong to `error`. Tests pass their own. */
export interface Terminal {
  readonly out: ProgressStream;
  readonly error: ProgressStream;
}
