import { Worker } from 'node:worker_threads';
import type { SharedState, Task, TaskResult } from './tasks.ts';

type Answer = { readonly result: TaskResult } | { readonly error: string };

/** How often progress inside a task is looked at, in milliseconds. */
const progressInterval = 100;

/** Worker threads that do every task together. */
export class ThreadPool {
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

  /** Runs a task on all threads; `onPieces` hears how many pieces of it are done. */
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

  /** Ends the threads at once; the task under way fails with this error. */
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
      if ('error' in message) reject(new Error(message.error));
      else resolve(message.result);
    });
    worker.postMessage(task);
  });
}
