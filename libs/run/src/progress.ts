import { formatDuration, TimeLeft, type WorkKind } from './timeLeft.ts';

/** What one job is doing now. */
export interface Activity {
  readonly subject: string;
  /** For example `oinr 66 %`. */
  readonly method: string;
  /** Share of this unit that is done, 0 to 1. */
  readonly share?: number;
  /** Loss while fitting. */
  readonly loss?: number;
}

/** Where progress is shown: standard output, or a stand-in of the same shape. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly stream: ProgressStream;
  readonly kinds: Readonly<Record<string, WorkKind>>;
  /** How many units are worked on at once. */
  readonly jobs: number;
  /** What a unit makes, in the plural: `volumes`. */
  readonly things: string;
  /** Milliseconds; passed in so that tests own the clock. */
  readonly now?: () => number;
}

const liveInterval = 100;
const plainInterval = 10_000;

/**
 * Shows how far a run is: one line that is redrawn on a terminal; in a pipe (Nx, a log) plain lines, at most one
 * every ten seconds. Lines that should stay go through `say`.
 */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #live: boolean;
  readonly #jobs: number;
  readonly #things: string;
  readonly #now: () => number;
  readonly #timeLeft: TimeLeft;
  readonly #total: number;
  readonly #activities = new Map<number | string, Activity>();
  #done = 0;
  #lastShown: number;
  #drawn = false;

  constructor(options: ProgressOptions) {
    this.#stream = options.stream;
    this.#live = options.stream.isTTY === true;
    this.#jobs = options.jobs;
    this.#things = options.things;
    this.#now = options.now ?? (() => performance.now());
    this.#timeLeft = new TimeLeft(options.kinds);
    this.#total = Object.values(options.kinds).reduce((sum, { units }) => sum + units, 0);
    this.#lastShown = this.#now();
  }

  /** A job says what it is doing. */
  update(job: number | string, activity: Activity): void {
    this.#activities.delete(job);
    this.#activities.set(job, activity);
    this.#show();
  }

  /** A unit of a kind was done in this many seconds. */
  unitDone(kind: string, seconds: number): void {
    this.#done += 1;
    this.#timeLeft.done(kind, seconds);
    this.#show();
  }

  /** Units that need no work. */
  unitsDropped(kind: string, units = 1): void {
    this.#done += units;
    this.#timeLeft.dropped(kind, units);
    this.#show();
  }

  /** Time has passed: the line is due even where no job has any news, so that nobody takes a long step for a standstill. */
  tick(): void {
    this.#show();
  }

  /** A job has nothing to do any more. */
  idle(job: number | string): void {
    this.#activities.delete(job);
  }

  /** A line that stays. */
  say(line: string): void {
    this.#erase();
    this.#stream.write(`${line}\n`);
  }

  /** Removes the live line. */
  close(): void {
    this.#erase();
  }

  #show(): void {
    const now = this.#now();
    if (now - this.#lastShown < (this.#live ? liveInterval : plainInterval)) return;
    this.#lastShown = now;
    const line = this.line();
    if (!this.#live) {
      this.#stream.write(`${line}\n`);
      return;
    }
    // One column stays free: some terminals wrap when the last one is filled.
    this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
    this.#drawn = true;
  }

  #erase(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[2K');
    this.#drawn = false;
  }

  /** The progress line: units done, time left, and what each job is doing, the latest news first. */
  line(): string {
    const left = this.#timeLeft.seconds(this.#jobs);
    const time = left === undefined ? '' : `, about ${formatDuration(left)} left`;
    const activities = [...this.#activities.values()].reverse().map(activityText);
    return [`${this.#done} of ${this.#total} ${this.#things}${time}`, ...activities].join(' | ');
  }
}

function activityText({ subject, method, share, loss }: Activity): string {
  const percent = share === undefined ? '' : ` ${Math.round(100 * Math.min(1, share))} %`;
  const lossText = loss === undefined ? '' : `, loss ${loss.toExponential(2)}`;
  return `${subject}: ${method}${percent === '' ? '' : `,${percent} done`}${lossText}`;
}
