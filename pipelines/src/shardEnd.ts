import { isOver, type Shard } from '@oinr/run';
import { type StageEnd, type StageResult, sayEndedEarly, statusOf } from './stageEnd.ts';
import type { Terminal } from './terminal.ts';

export interface ShardWork extends Omit<StageEnd, 'hasProblems'> {
  /** People or scans of this part, in words. */
  readonly things: string;
  /** How many results could not be had; of whom, and why, has been told. */
  readonly failed: number;
}

/** How one part of a stage ends: there are no tables of a part. The command without parts tries again what has failed. */
export function endShard(
  { index, of }: Shard,
  { things, failed, isStopped, stopReason }: ShardWork,
  hide: (text: string) => string,
  terminal: Terminal,
): StageResult {
  const status = statusOf({ isStopped, stopReason, hasProblems: failed > 0 });
  sayEndedEarly(status, stopReason, hide, terminal);
  if (isOver(status))
    terminal.out.write(
      `Part ${index} of ${of} is done: ${things}. When all parts are done, the same command without --shard makes the tables.\n`,
    );
  return { status, why: stopReason ?? `${failed} of this part failed, as told above` };
}
