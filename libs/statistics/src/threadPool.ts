import { Worker } from 'node:worker_threads';
import { UserError } from '@oinr/errors';
import type { SharedState, Task, TaskResult } from './tasks.ts';
import { ThreadWork } from './threadWork.ts';

/** What a thread answers. A fault of the program brings its stack along, since errors lose it between threads. */
export type Answer =
  | { readonly result: TaskResult }
  | { readonly error: string; readonly isForUser: boolean };

/** How often progress inside a task is looked at, in milliseconds. */
const progressInterval = 100;

/** Those who do a task together. */
export interface Pool {
  /** Runs a task to its end; `onPieces` hears how many pieces of it are done. Returns one result per thread. */
  run(task: Task, onPieces?: (done: number) => void): Promise<TaskResult[]>;
  /** Ends the work at once; the task under way fails with this error. */
  stop(error: Error): void;
  close(): Promise<void>;
}

/** Does the work in the calling thread: for tests so small that starting threads would take longer. */
export class InlinePool implements Pool {
  readonly #work: ThreadWork;
  readonly #control: Int32Array;
  #stopped: Error | undefined;

  constructor(state: SharedState) {
    this.#work = new ThreadWork(state);
    this.#control = new Int32Array(state.control);
  }

  async run(task: Task): Promise<TaskResult[]> {
    if (this.#stopped) throw this.#stopped;
    this.#control.fill(0);
    return [this.#work.run(task)];
  }

  stop(error: Error): void {
    this.#stopped ??= error;
  }

  async close(): Promise<void> {}
}

/** Worker threads that do every task together. */
export class ThreadPool implements Pool {
  readonly #workers: readonly Worker[];
  readonly #control: Int32Array;
  #stopped: Error | undefined;
  #rejectCurrent: ((error: Error) => void) | undefined;

  constructor(state: SharedState, threads: number) {
    this.#control = new Int32Array(state.control);
    this.#workers = Array.from(
      { length: threads },
      () => new Worker(new URL('./worker.ts', import.meta.url), { workerData: state }),
    );
    for (const worker of this.#workers) worker.on('error', (error) => this.stop(error));
  }

  async run(task: Task, onPieces?: (done: number) => void): Promise<TaskResult[]> {
    if (this.#stopped) throw this.#stopped;
    this.#control.fill(0);
    const timer = onPieces
      ? setInterval(() => onPieces(Atomics.load(this.#control, 1)), progressInterval)
      : undefined;
    try {
      return await new Promise<TaskResult[]>((resolve, reject) => {
        this.#rejectCurrent = reject;
        Promise.all(this.#workers.map((worker) => answer(worker, task))).then(resolve, reject);
      });
    } finally {
      clearInterval(timer);
      this.#rejectCurrent = undefined;
    }
  }

  stop(error: Error): void {
    this.#stopped ??= error;
    this.#rejectCurrent?.(error);
    void this.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function answer(worker: Worker, task: Task): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: Answer) => {
      if ('error' in message) {
        reject(message.isForUser ? new UserError(message.error) : new Error(message.error));
      } else resolve(message.result);
    });
    worker.postMessage(task);
  });
}
