/** A kind of work: units of one kind take about the same time. */
export interface WorkKind {
  readonly units: number;
  /** Relative guess of a unit's time, used until one has been seen. */
  readonly guess: number;
}

interface KindState {
  left: number;
  readonly guess: number;
  seen: number;
  seconds: number;
}

/**
 * Estimates the time left from units that take very different times (an interpolation, a long fit): each kind's own
 * mean once it has been seen, before that its guess in the measure of what was seen of the others. Nothing is said
 * while guesses make up most of it: a fit takes 5 to 200 times as long as an interpolation, depending on the scan.
 */
export class TimeLeft {
  readonly #kinds = new Map<string, KindState>();

  constructor(kinds: Readonly<Record<string, WorkKind>>) {
    for (const [name, { units, guess }] of Object.entries(kinds)) {
      this.#kinds.set(name, { left: units, guess, seen: 0, seconds: 0 });
    }
  }

  /** A unit of a kind has been done in this many seconds. */
  done(kind: string, seconds: number): void {
    const state = this.#state(kind);
    state.left = Math.max(0, state.left - 1);
    state.seen += 1;
    state.seconds += seconds;
  }

  /** Units that need no work: reused from an earlier run, or their subject failed. */
  dropped(kind: string, units = 1): void {
    const state = this.#state(kind);
    state.left = Math.max(0, state.left - units);
  }

  /** Seconds until all units are done when `jobs` work at once; undefined while that would mostly be guessed. */
  seconds(jobs: number): number | undefined {
    let seenSeconds = 0;
    let seenGuess = 0;
    for (const { seen, seconds, guess } of this.#kinds.values()) {
      seenSeconds += seconds;
      seenGuess += seen * guess;
    }
    if (seenGuess === 0) return undefined;
    let known = 0;
    let guessed = 0;
    for (const { left, guess, seen, seconds } of this.#kinds.values()) {
      if (seen > 0) known += (left * seconds) / seen;
      else guessed += (left * guess * seenSeconds) / seenGuess;
    }
    return guessed > known ? undefined : (known + guessed) / jobs;
  }

  #state(kind: string): KindState {
    const state = this.#kinds.get(kind);
    if (state === undefined) throw new TypeError(`No work of kind ${kind} was announced.`);
    return state;
  }
}

/** A duration as people say it: `45 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
