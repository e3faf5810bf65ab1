/** Where progress goes: standard error, or a stand-in. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const liveInterval = 100;
const plainInterval = 5000;

/** One line that is redrawn on a terminal; plain lines, at most one in five seconds, in a pipe or a log. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #stage = '';
  #began = 0;
  #firstShare = 0;
  #shown = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  /** `text` says what is done of a stage, `share` (0 to 1) how much of it; time left is told from the latter. */
  update(stage: string, share: number, text: string): void {
    const now = this.#now();
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#began = now;
      // A resumed stage does not begin at 0.
      this.#firstShare = share;
      this.#shown = this.#stream.isTTY ? Number.NEGATIVE_INFINITY : now;
    }
    if (now - this.#shown < (this.#stream.isTTY ? liveInterval : plainInterval)) return;
    this.#shown = now;
    const gained = share - this.#firstShare;
    const seconds = gained > 0 ? (((now - this.#began) / 1000) * (1 - share)) / gained : undefined;
    const left = seconds === undefined || share >= 1 ? '' : `, about ${duration(seconds)} left`;
    const line = `${text}${left}`;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
      this.#isDrawn = true;
    } else this.#stream.write(`${line}\n`);
  }

  /** A line that stays. */
  say(line: string): void {
    this.close();
    this.#stream.write(`${line}\n`);
  }

  /** Takes the live line away. */
  close(): void {
    if (this.#isDrawn) this.#stream.write('\r\u001b[2K');
    this.#isDrawn = false;
  }
}

/** A duration as people say it. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
