import { missingPercent } from '@oinr/slices';
import type { ImputedRow } from './plan.ts';

/**
 * The table that fills while a simulation runs: a row as soon as all methods have imputed a subject at a k. It shows the
 * error in the mask, or over whole slices where there is no mask.
 */
export class LiveTable {
  readonly #methods: readonly string[];
  readonly #say: (line: string) => void;
  readonly #open = new Map<string, ImputedRow[]>();
  readonly #title: string;
  readonly #width: number;
  #hasHead = false;

  /** `title`: the beginning of the line above the table, such as `Interpolations of the first subjects`. */
  constructor(
    title: string,
    methods: readonly string[],
    subjects: readonly string[],
    say: (line: string) => void,
  ) {
    this.#title = title;
    this.#methods = methods;
    this.#say = say;
    this.#width = Math.max(...subjects.map((id) => `sub-${id}`.length));
  }

  /** A volume of a subject has been imputed. */
  add(subject: string, row: ImputedRow): void {
    const key = `${subject} ${row.every}`;
    const rows = [...(this.#open.get(key) ?? []), row];
    this.#open.set(key, rows);
    if (rows.length < this.#methods.length) return;
    this.#open.delete(key);
    const error = (one: ImputedRow): number | null => one.mse_missing_mask ?? one.mse_missing;
    if (!this.#hasHead) {
      this.#hasHead = true;
      const where =
        row.mse_missing_mask === null ? 'over missing slices' : 'over missing slices, in the mask';
      this.#say(`${this.#title}: mean squared error ${where}`);
      this.#say(this.#line('', 'missing', (method) => method));
    }
    this.#say(
      this.#line(`sub-${subject}`, `${missingPercent(row.every)} %`, (method) => {
        const found = rows.find((one) => one.method === method);
        return (found && error(found)?.toExponential(2)) ?? 'n/a';
      }),
    );
  }

  #line(subject: string, missing: string, cell: (method: string) => string): string {
    const cells = this.#methods.map((method) => cell(method).padStart(Math.max(8, method.length)));
    return ['', subject.padEnd(this.#width), missing.padStart(7), ...cells].join('  ');
  }
}
