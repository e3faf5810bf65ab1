import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FromWorker, ToWorker } from './protocol.ts';

/** Why a task did not end with a result. */
export class TaskFailure extends Error {
  /** Where in the code, for the log; empty where the message says all. */
  readonly trace: string;
  readonly stopsTheRun: boolean;
  /** The task was stopped on request; it is no failure of the subject. */
  readonly stopped: boolean;

  constructor(message: string, about: { stack?: string; stopsTheRun?: boolean; stopped?: boolean } = {}) {
    super(message);
    this.name = 'TaskFailure';
    this.trace = about.stack ?? '';
    this.stopsTheRun = about.stopsTheRun ?? false;
    this.stopped = about.stopped ?? false;
  }
}

export interface WorkerPoolOptions {
  /** The worker's TypeScript or JavaScript file, which calls serveTasks. */
  readonly entry: string;
  /** Processes at once. */
  readonly jobs: number;
  /** What every worker is given once, before its first task, instead of with every task. */
  readonly setup?: unknown;
  /** Variables added to the environment of the workers. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lines that a worker (or a library in it) writes to its standard output or error. */
  readonly onOutput?: (line: string) => void;
}

interface Waiting<Message> {
  readonly task: unknown;
  readonly onMessage: (message: Message, job: number) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: TaskFailure) => void;
}

interface Worker<Message> {
  readonly job: number;
  readonly process: ChildProcess;
  /** Resolves when the process has ended and everything it printed has been read. */
  readonly gone: Promise<unknown>;
  current: Waiting<Message> | undefined;
  /** It has loaded and listens. */
  isReady: boolean;
}

/**
 * A pool of worker processes with one task each at a time. Processes, not threads: a subject that runs out of memory
 * or a native library that crashes takes its own process with it and nothing else.
 */
export class WorkerPool<Task, Result, Message> {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Map<number, Worker<Message>>();
  readonly #queue: Waiting<Message>[] = [];
  #stopping = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /**
   * Queues a task. `onMessage` gets what the task sends, and the number of the job (0 to jobs - 1) it runs in.
   *
   * @returns the task's result; rejects with TaskFailure when the task throws, its process dies, or the pool stops.
   */
  run(task: Task, onMessage: (message: Message, job: number) => void): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const waiting = { task, onMessage, resolve: (result: unknown) => resolve(result as Result), reject };
      if (this.#stopping) reject(stoppedFailure());
      else {
        this.#queue.push(waiting);
        this.#assign();
      }
    });
  }

  /** Lets no further task begin and asks running ones to stop where they can be resumed. */
  stop(): void {
    this.#stopping = true;
    for (const waiting of this.#queue.splice(0)) waiting.reject(stoppedFailure());
    for (const worker of this.#workers.values()) {
      if (worker.isReady) this.#send(worker, { kind: 'stop' });
      // One that is still loading has done nothing that could be lost, and would not listen for seconds.
      else worker.process.kill('SIGKILL');
    }
  }

  /** Ends all processes at once. Tasks that were running are resumed from what they had published. */
  kill(): void {
    this.stop();
    for (const worker of this.#workers.values()) worker.process.kill('SIGKILL');
  }

  /** Lets idle processes end. Call it when all tasks have settled. */
  async close(): Promise<void> {
    const gone = [...this.#workers.values()].map((worker) => worker.gone);
    for (const worker of this.#workers.values()) {
      if (worker.process.connected) worker.process.disconnect();
      else worker.process.kill('SIGKILL');
    }
    await Promise.all(gone);
  }

  #assign(): void {
    for (const worker of this.#workers.values()) {
      if (worker.current === undefined) this.#give(worker);
    }
    while (this.#queue.length > 0 && this.#workers.size < this.#options.jobs) this.#give(this.#start());
  }

  #give(worker: Worker<Message>): void {
    const next = this.#queue.shift();
    if (next === undefined) return;
    worker.current = next;
    this.#send(worker, { kind: 'task', task: next.task });
  }

  #send(worker: Worker<Message>, message: ToWorker): void {
    // A process that is about to die reports itself through 'exit'; the failed send adds nothing.
    if (worker.process.connected) worker.process.send(message, () => undefined);
  }

  #start(): Worker<Message> {
    let job = 0;
    while (this.#workers.has(job)) job += 1;
    const child = fork(this.#options.entry, [], {
      execPath: process.execPath,
      // Structured clone: typed arrays arrive as typed arrays.
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...this.#options.env },
    });
    const ends: Promise<unknown>[] = [new Promise((resolve) => child.once('exit', resolve))];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      const lines = createInterface({ input: stream }).on('line', (line) => this.#options.onOutput?.(line));
      ends.push(new Promise((resolve) => lines.once('close', () => resolve(undefined))));
    }
    const worker: Worker<Message> = {
      job,
      process: child,
      gone: Promise.all(ends),
      current: undefined,
      isReady: false,
    };
    this.#workers.set(job, worker);
    child.on('message', (message: FromWorker) => this.#receive(worker, message));
    child.on('error', (error) =>
      this.#lost(worker, `its worker process could not be started (${error.message})`),
    );
    child.on('exit', (code, signal) => this.#lost(worker, exitReason(code, signal)));
    const { setup } = this.#options;
    if (setup !== undefined) this.#send(worker, { kind: 'setup', setup });
    return worker;
  }

  #receive(worker: Worker<Message>, received: FromWorker): void {
    if (received.kind === 'ready') worker.isReady = true;
    const { current } = worker;
    if (current === undefined || received.kind === 'ready') return;
    if (received.kind === 'message') {
      current.onMessage(received.message as Message, worker.job);
      return;
    }
    worker.current = undefined;
    if (received.kind === 'done') current.resolve(received.result);
    else current.reject(new TaskFailure(received.message, received));
    this.#assign();
  }

  #lost(worker: Worker<Message>, reason: string): void {
    if (this.#workers.get(worker.job) !== worker) return;
    this.#workers.delete(worker.job);
    const { current } = worker;
    worker.current = undefined;
    if (current !== undefined) {
      current.reject(this.#stopping ? stoppedFailure() : new TaskFailure(`Not finished: ${reason}.`));
    }
    if (!this.#stopping) this.#assign();
  }
}

function stoppedFailure(): TaskFailure {
  return new TaskFailure('Stopped before it was finished.', { stopped: true });
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  // 134 is how a shell reports SIGABRT, which is also how V8 ends when its heap is full.
  const likelyMemory = signal === 'SIGKILL' || signal === 'SIGABRT' || code === 134;
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  return likelyMemory
    ? `its worker process ${how}, most often because memory ran out; try again with fewer --jobs`
    : `its worker process ${how}; the log has its last words`;
}
