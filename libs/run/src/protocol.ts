/** What the pool sends to a worker process. */
export type ToWorker =
  /** What every task of this process needs; sent once, before the first. */
  | { readonly kind: 'setup'; readonly setup: unknown }
  | { readonly kind: 'task'; readonly task: unknown }
  /** Stop the task as soon as its state can be resumed. */
  | { readonly kind: 'stop' };

/** What a worker process sends to the pool. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'message'; readonly message: unknown }
  | { readonly kind: 'done'; readonly result: unknown }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly stack: string;
      readonly stopsTheRun: boolean;
      readonly stopped: boolean;
    };
