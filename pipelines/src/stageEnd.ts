import type { StageStatus } from '@oinr/run';
import type { Terminal } from './terminal.ts';

/** How the work of a stage came to its end. */
export interface StageEnd {
  /** By Ctrl-C. */
  readonly isStopped: boolean;
  /** Why it could not go on, where it could not. */
  readonly stopReason?: string;
  readonly hasProblems: boolean;
}

export function statusOf({ isStopped, stopReason, hasProblems }: StageEnd): StageStatus {
  if (isStopped) return 'stopped';
  if (stopReason !== undefined) return 'failed';
  return hasProblems ? 'complete with failures' : 'complete';
}

/** Says where a stage ended before its last subject, and why. */
export function sayEndedEarly(
  status: StageStatus,
  stopReason: string | undefined,
  hide: (text: string) => string,
  terminal: Terminal,
): void {
  if (status === 'stopped')
    terminal.out.write('\nStopped before the end. Run the same command again to go on.\n');
  if (status === 'failed')
    terminal.error.write(`\nThe run could not go on: ${hide(stopReason ?? 'unknown')}\n`);
}
