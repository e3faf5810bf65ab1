import type { RunRecord, Value } from './record.ts';

/** What a run has left behind. */
export interface Finished {
  /** What it said on the terminal. */
  readonly output: string;
  /** The text of a table by its path below the root. */
  table(path: string): string;
}

/** How a record is made, and what documents say by it. */
export interface Recipe {
  readonly name: string;
  /** For a shell in the root of the workspace. */
  readonly command: string;
  /** Folders that the run makes: they must not be there before, so that nothing of an earlier run is counted. */
  readonly makes: readonly string[];
  /** Tables that values are taken from, below the root. */
  readonly tables: readonly string[];
  values(run: Finished): Readonly<Record<string, Value>>;
  /** Texts in Markdown by the names of their places in documents. */
  texts(record: RunRecord): Readonly<Record<string, string>>;
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `7.47` for 0.00747: what tables of errors in thousandths show. */
export function thousandths(value: number): string {
  return (1000 * value).toFixed(2);
}

/** Where numbers are from, for below a table. */
export function origin({ name, machine, seconds, date, commit, enteredFrom }: RunRecord): string {
  const repeats = `\`node scripts/record.ts ${name}\` repeats it`;
  if (machine === undefined || seconds === undefined)
    return `From ${enteredFrom}, commit ${commit.slice(0, 7)}; ${repeats}.`;
  return `${machine.cores} cores (${machine.processor}, ${machine.vectors}), ${Math.round(seconds.cpu)} CPU seconds, ${date}, commit ${commit.slice(0, 7)}; ${repeats}.`;
}
