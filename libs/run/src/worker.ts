import { errorMessage, isUserError } from '@oinr/errors';
import { stopsTheRun } from './errors.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

/** What a task may use in its worker process. */
export interface WorkerContext<Message, Setup = undefined> {
  /** What the pool gave to every worker. */
  readonly setup: Setup;
  /** Tells the pool something while the task runs (progress, a finished unit). */
  send(message: Message): void;
  /** Aborted when the run is to be stopped. */
  readonly signal: AbortSignal;
}

/**
 * The main loop of a worker process started by WorkerPool: takes one task at a time and answers with its result or
 * its failure. The process ends when the pool goes away, however that happened.
 */
export function serveTasks<Task, Result, Message, Setup = undefined>(
  handle: (task: Task, context: WorkerContext<Message, Setup>) => Promise<Result>,
): void {
  const answer = (message: FromWorker) => {
    if (process.connected) process.send?.(message);
  };
  let controller = new AbortController();
  let setup: unknown;

  // Ctrl-C reaches every process of a terminal; only the pool decides what it means.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  // Without its pool a worker must not go on writing: a new run may have taken over the folder.
  process.on('disconnect', () => process.exit(1));
  process.on('message', (received: ToWorker) => {
    if (received.kind === 'stop') {
      controller.abort();
      return;
    }
    if (received.kind === 'setup') {
      setup = received.setup;
      return;
    }
    controller = new AbortController();
    const { signal } = controller;
    const send = (message: Message): void => answer({ kind: 'message', message });
    handle(received.task as Task, { setup: setup as Setup, send, signal }).then(
      (result) => answer({ kind: 'done', result }),
      (error: unknown) => answer(describeFailure(error, signal)),
    );
  });
  answer({ kind: 'ready' });
}

function describeFailure(error: unknown, signal: AbortSignal): FromWorker {
  return {
    kind: 'failed',
    message: errorMessage(error),
    // The stack goes to the log, and only where the message alone does not say what to do.
    stack: isUserError(error) || !(error instanceof Error) ? '' : (error.stack ?? ''),
    stopsTheRun: stopsTheRun(error),
    stopped: signal.aborted,
  };
}
