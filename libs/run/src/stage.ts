import { errorMessage } from '@oinr/errors';
import { RunError } from './errors.ts';
import { openRunFolder, type RunFolder, type RunFolderRequest, type StageStatus } from './folder.ts';
import { finished, isStopAsked, onInterrupt } from './interrupt.ts';

/** A stage at work in its run folder. */
export interface Stage {
  readonly folder: RunFolder;
  /** A line for people, in the log too, without what `hide` of the request takes out. */
  readonly say: (line: string) => void;
}

export interface StageRequest extends RunFolderRequest {
  readonly terminal: { readonly out: { write(text: string): unknown } };
  /** What run.json says of the stage from its first moment on: configuration, versions, machine. See provenance. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** How a stage ended, with what run.json says of it beside `details` of the request. */
export interface StageEnding {
  readonly status: StageStatus;
  readonly record?: Readonly<Record<string, unknown>>;
}

/**
 * Opens the run folder, writes there what the stage was told, lets it work, writes how it ended, and gives the folder
 * back whatever happens. A stage that throws has failed.
 *
 * @throws what openRunFolder throws, and what `work` throws.
 */
export async function runInFolder<Ending extends StageEnding>(
  { terminal, details, ...request }: StageRequest,
  work: (stage: Stage) => Promise<Ending>,
): Promise<Ending> {
  const folder = await openRunFolder({ ...request, terminal });
  const say = (line: string): void => {
    folder.log.write(line);
    terminal.out.write(`${request.hide?.(line) ?? line}\n`);
  };
  try {
    await folder.begin(details);
    const ending = await work({ folder, say });
    await folder.end(ending.status, { ...details, ...ending.record });
    folder.log.write(`The stage ended: ${ending.status}.`);
    return ending;
  } catch (error) {
    const reason = errorMessage(error);
    folder.log.write(`The stage failed: ${reason}`);
    // Where the disk is full, run.json cannot say so either.
    await folder
      .end('failed', { ...details, reason: request.hide?.(reason) ?? reason })
      .catch(() => undefined);
    throw error;
  } finally {
    await folder.close();
    finished();
  }
}

/** The exit status of a command for how its stage ended: 0 where all is complete, 130 where it was stopped, else 1. */
export function exitStatus(status: StageStatus): number {
  return status === 'complete' ? 0 : status === 'stopped' ? 130 : 1;
}

/** What goes on while there is work to do, and ends with it. */
export interface AtWork {
  /** Says a line, and is closed in the end. */
  readonly progress: { say(line: string): unknown; close?(): void };
  readonly pool?: { stop(): void; kill(): void; close(): Promise<void> };
}

/**
 * Work that Ctrl-C ends cleanly: the first one aborts the signal and stops the pool, a second one ends the process.
 * Pool and progress are closed when the work has ended, well or not.
 */
export async function interruptible<T>(
  { progress, pool }: AtWork,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  const onStop = (): void => {
    interruption.abort(new RunError('The work was stopped; the same command goes on from there.'));
    pool?.stop();
    progress.say(
      'Stopping: what is finished is kept. The same command goes on from there; Ctrl-C again ends at once.',
    );
  };
  if (isStopAsked()) onStop();
  const ignoreInterrupts = onInterrupt({
    onStop,
    onKill: () => {
      pool?.kill();
      process.exit(130);
    },
  });
  try {
    return await work(interruption.signal);
  } finally {
    await pool?.close();
    progress.close?.();
    ignoreInterrupts();
  }
}

/** Work in this process that Ctrl-C ends: what came of it, or that it was stopped. @throws what `work` throws. */
export function stoppable<T>(
  progress: AtWork['progress'],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly isStopped: false; readonly result: T } | { readonly isStopped: true }> {
  return interruptible({ progress }, async (signal) => {
    try {
      return { isStopped: false, result: await work(signal) };
    } catch (error) {
      if (signal.aborted) return { isStopped: true };
      throw error;
    }
  });
}
