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

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Where the process is in its work, for a Ctrl-C that no work listens to. */
const state = { listening: 0, isFinishing: false, isStopAsked: false };

/** Whether a Ctrl-C came while results were being written, so that no further work is begun. */
export function isStopAsked(): boolean {
  return state.isStopAsked;
}

/** From the end of some work to `finished`: results take their places, and a Ctrl-C lets them. */
export function finished(): void {
  state.isFinishing = false;
}

/**
 * What a Ctrl-C (or SIGTERM, or SIGHUP) does to a whole command while no work listens: it ends at once with status 130
 * and says so, but while results are being written only when it comes a second time.
 */
export function endOnInterrupt(tell: (line: string) => void): void {
  let askedAt: number | undefined;
  const listener = () => {
    if (state.listening > 0) return;
    const now = performance.now();
    if (state.isFinishing && askedAt === undefined) {
      askedAt = now;
      state.isStopAsked = true;
      tell('Results are being written; Ctrl-C again ends at once.');
      return;
    }
    if (askedAt !== undefined && now - askedAt <= samePress) return;
    tell('Exit status 130: stopped; the same command goes on from there.');
    process.exit(130);
  };
  for (const signal of signals) process.on(signal, listener);
}

/** Listens for Ctrl-C until the returned function is called; from then on results are being written, see `finished`. */
export function onInterrupt(handlers: InterruptHandlers): () => void {
  const now = handlers.now ?? (() => performance.now());
  state.listening += 1;
  let firstAt: number | undefined;
  const listener = () => {
    if (firstAt === undefined) {
      firstAt = now();
      handlers.onStop();
    } else if (now() - firstAt > samePress) {
      handlers.onKill();
    }
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    state.listening -= 1;
    state.isFinishing = true;
    for (const signal of signals) process.off(signal, listener);
  };
}
