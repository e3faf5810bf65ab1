// A study of six people and four interpolations, to be stopped while it is at work.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './study.ts';

export const subjects = ['01', '02', '03', '04', '05', '06'];
export const words = (root: string, out: string) => [
  ...['--cohort', 'bids', '--root', root, '--out', out, '--jobs', '2'],
  ...['--method', 'nearest', 'linear', 'pchip', 'cubic', '--k', '2', '3', '4'],
];
export const allUnits = subjects.length * 4 * 3;

/** Files that finished units have written, with the time of writing. */
export function finishedVolumes(run: string): Map<string, bigint> {
  const records = join(run, '.resume', 'impute');
  const finished = new Map<string, bigint>();
  if (!existsSync(records)) return finished;
  for (const file of filesBelow(records).filter((name) => name.endsWith('.json'))) {
    const record = JSON.parse(readFileSync(join(records, file), 'utf8'));
    for (const { path } of record.outputs)
      finished.set(path, statSync(join(run, path), { bigint: true }).mtimeNs);
  }
  return finished;
}

export function countRecords(run: string): number {
  const records = join(run, '.resume', 'impute');
  if (!existsSync(records)) return 0;
  return readdirSync(records, { recursive: true }).filter((name) =>
    /[^/\\.][^/\\]*\.json$/.test(String(name)),
  ).length;
}

/** Waits until a number of units is finished, or the process has ended. */
export async function untilUnits(run: string, count: number, isOver: () => boolean): Promise<void> {
  while (!isOver() && countRecords(run) < count) await new Promise((resolve) => setTimeout(resolve, 5));
}
