import { sortUnits } from './order.ts';
import type { MeasuredVolume } from './outcome.ts';

/** The errors of those subjects at one k that every method imputed: only these compare methods fairly. */
export interface CompleteSubjects {
  /** Every how many slices one was kept. */
  readonly every: number;
  /** One array per subject, in order of name, with one error per method. */
  readonly errors: readonly (readonly number[])[];
}

/** Methods in the order they are registered, and per k, smallest first, the subjects with all of them. */
export function completeSubjects(
  units: readonly MeasuredVolume[],
  measure: 'mse_missing' | 'mse_missing_mask',
): { readonly methods: readonly string[]; readonly rows: readonly CompleteSubjects[] } {
  const sorted = sortUnits(units);
  const ofOne = units.map((unit) => ({ ...unit, subject: '', every: 0 }));
  const methods = [...new Set(sortUnits(ofOne).map(({ method }) => method))];
  const everys = [...new Set(units.map(({ every }) => every))].sort((a, b) => a - b);
  const rows = everys.flatMap((every) => {
    const bySubject = new Map<string, Map<string, number>>();
    for (const unit of sorted) {
      const value = unit[measure];
      if (unit.every !== every || value === null) continue;
      const values = bySubject.get(unit.subject) ?? new Map<string, number>();
      bySubject.set(unit.subject, values.set(unit.method, value));
    }
    const errors = [...bySubject.values()].flatMap((values) => {
      const own = methods.flatMap((method) => values.get(method) ?? []);
      return own.length === methods.length ? [own] : [];
    });
    return errors.length === 0 ? [] : [{ every, errors }];
  });
  return { methods, rows };
}
