import { methodNames } from './methods.ts';
import type { MeasuredVolume } from './outcome.ts';

/** Subjects in order of name, then k, then methods as they are registered: the same for any order of work. */
export function sortUnits<Unit extends Pick<MeasuredVolume, 'subject' | 'method' | 'every'>>(
  units: readonly Unit[],
): Unit[] {
  return units.toSorted(
    (a, b) =>
      compareText(a.subject, b.subject) ||
      a.every - b.every ||
      methodNames.indexOf(a.method) - methodNames.indexOf(b.method),
  );
}

/** Not localeCompare, which depends on the machine's language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What names a row of summary.tsv. */
export function cellKey({ every, method }: Pick<MeasuredVolume, 'every' | 'method'>): string {
  return `${every} ${method}`;
}
