import type { Asked, Told } from './messages.ts';

/** The page's worker: one thing is asked at a time, and stopping it is stopping the worker. */
export class Workshop {
  readonly #hear: (told: Told) => void;
  #worker: Worker;

  constructor(hear: (told: Told) => void) {
    this.#hear = hear;
    this.#worker = this.#begin();
  }

  ask(asked: Asked): void {
    this.#worker.postMessage(asked);
  }

  /** Stops at once whatever is done, and begins anew: nothing is open then. */
  stop(): void {
    this.#worker.terminate();
    this.#worker = this.#begin();
  }

  #begin(): Worker {
    const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Told>) => this.#hear(data));
    worker.addEventListener('error', ({ message }) =>
      this.#hear({
        kind: 'refused',
        message: `The page's worker could not go on (${message || 'it could not be loaded'}); load the page again.`,
      }),
    );
    worker.postMessage({ kind: 'open' } satisfies Asked);
    return worker;
  }
}
