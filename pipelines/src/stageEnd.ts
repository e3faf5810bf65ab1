import { exitStatus, type StageStatus } from '@oinr/run';
import type { Terminal } from './terminal.ts';

/** What a stage tells of its end. */
export interface StageResult {
  readonly status: StageStatus;
  /** Why not everything that was asked for has a result: a part of a sentence, such as `2 of 5 scans failed`. */
  readonly why?: string;
}

/** The last line of a command whose exit status is not 0: the status and its reason. */
export function lastWords({ status, why }: StageResult): string {
  const reason =
    status === 'stopped'
      ? 'the work was stopped; the same command goes on from there'
      : (why ?? 'not everything that was asked for has a result, as told above');
  return `Exit status ${exitStatus(status)}: ${reason.replace(/\.$/, '')}.`;
}

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
