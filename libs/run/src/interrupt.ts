export interface InterruptHandlers {
  /** First Ctrl-C (or SIGTERM, or SIGHUP): end what can be ended cleanly. */
  readonly onStop: () => void;
  /** Second Ctrl-C: end now. */
  readonly onKill: () => void;
  /** Milliseconds; passed in so that tests own the clock. */
  readonly now?: () => number;
}

// npm and Nx pass a Ctrl-C on that the terminal has already delivered; those arrive within milliseconds.
const samePress = 500;

/** Listens for Ctrl-C until the returned function is called. */
export function onInterrupt(handlers: InterruptHandlers): () => void {
  const now = handlers.now ?? (() => performance.now());
  let firstAt: number | undefined;
  const listener = () => {
    if (firstAt === undefined) {
      firstAt = now();
      handlers.onStop();
    } else if (now() - firstAt > samePress) {
      handlers.onKill();
    }
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
