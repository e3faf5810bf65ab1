import type { ProgressStream } from '@oinr/run';
import type { StageCommands } from './stageCommands.ts';

/** Where a stage speaks: results and progress to `out`, what went wrong to `error`. Tests pass their own. */
export interface Terminal {
  readonly out: ProgressStream;
  readonly error: ProgressStream;
  /** How stages are started here; by Nx where nothing is said. */
  readonly commands?: StageCommands;
}
