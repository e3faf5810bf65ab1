import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A number or text that documents quote. */
export type Value = number | string;

/** What a run ran on. */
export interface Machine {
  readonly processor: string;
  /** The widest vector instructions: AVX-512, AVX2, or unknown. */
  readonly vectors: string;
  readonly cores: number;
}

export interface Seconds {
  /** By the clock; other work on the machine makes it longer. */
  readonly wall: number;
  /** Of all processes. */
  readonly cpu: number;
}

/** What is kept of a run that documents quote: `docs/records/NAME.json`. */
export interface RunRecord {
  readonly name: string;
  /** As it is typed in the root of the workspace. */
  readonly command: string;
  /** Of the code that ran. */
  readonly commit: string;
  /** Day on which it ran, YYYY-MM-DD. */
  readonly date: string;
  readonly machine?: Machine;
  readonly seconds?: Seconds;
  /** SHA-256 of the tables that values were taken from, by path below the root. */
  readonly tables: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Value>>;
  /** The document that values were taken from by hand, where an earlier run was not repeated. Machine and seconds are unknown. */
  readonly enteredFrom?: string;
}

const folder = 'docs/records';

/** Whether a recipe has been run. */
export function hasRecord(root: string, name: string): boolean {
  return existsSync(join(root, folder, `${name}.json`));
}

/** @throws Error that says how to make the record where there is none. */
export function readRecord(root: string, name: string): RunRecord {
  try {
    return JSON.parse(readFileSync(join(root, folder, `${name}.json`), 'utf8'));
  } catch (error) {
    throw new Error(`${folder}/${name}.json cannot be read; make it with: node scripts/record.ts ${name}.`, {
      cause: error,
    });
  }
}

export function writeRecord(root: string, record: RunRecord): void {
  writeFileSync(join(root, folder, `${record.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
}

/** A value as a number. @throws Error for a value that is none or is not there. */
export function numberOf({ name, values }: Pick<RunRecord, 'name' | 'values'>, key: string): number {
  const value = values[key];
  if (typeof value !== 'number') throw new Error(`The record ${name} has no number ${key}.`);
  return value;
}
