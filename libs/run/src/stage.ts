import { RunError } from './errors.ts';
import { openRunFolder, type RunFolder, type RunFolderRequest, type StageStatus } from './folder.ts';
import { onInterrupt } from './interrupt.ts';

/** A stage at work in its run folder. */
export interface Stage {
  readonly folder: RunFolder;
  /** A line for people, in the log too, without what `hide` of the request takes out. */
  readonly say: (line: string) => void;
}

export interface StageRequest extends RunFolderRequest {
  readonly terminal: { readonly out: { write(text: string): unknown } };
}

/**
 * Opens the run folder, lets the stage work in it, and gives the folder back whatever happens.
 *
 * @returns the exit status: 0 where all is complete, 130 where the stage was stopped, else 1.
 * @throws what openRunFolder throws, and what `work` throws.
 */
export async function runStage(
  { terminal, ...request }: StageRequest,
  work: (stage: Stage) => Promise<StageStatus>,
): Promise<number> {
  const folder = await openRunFolder(request);
  const say = (line: string): void => {
    folder.log.write(line);
    terminal.out.write(`${request.hide?.(line) ?? line}\n`);
  };
  try {
    const status = await work({ folder, say });
    folder.log.write(`The stage ended: ${status}.`);
    return status === 'complete' ? 0 : status === 'stopped' ? 130 : 1;
  } finally {
    await folder.close();
  }
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
  const ignoreInterrupts = onInterrupt({
    onStop: () => {
      interruption.abort(new RunError('The work was stopped; the same command goes on from there.'));
      pool?.stop();
      progress.say(
        'Stopping: what is finished is kept. The same command goes on from there; Ctrl-C again ends at once.',
      );
    },
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
