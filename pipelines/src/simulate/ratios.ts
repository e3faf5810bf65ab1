import { classicalNames } from './methods.ts';
import type { MeasuredVolume } from './outcome.ts';

const isClassical = (method: string): boolean => classicalNames.includes(method);

/** Ratios of errors, by the column that they are written to: of which error, and to which methods' smallest. */
const definitions = [
  { column: 'ratio_to_best', measure: 'mse_missing', isRival: () => true },
  { column: 'ratio_to_best_mask', measure: 'mse_missing_mask', isRival: () => true },
  { column: 'ratio_to_best_classical', measure: 'mse_missing', isRival: isClassical },
  { column: 'ratio_to_best_classical_mask', measure: 'mse_missing_mask', isRival: isClassical },
] as const;

export const ratioColumns = definitions.map(({ column }) => column);

/** A column and its ratios by unit; units without an error, or without an error above 0 to compare with, have none. */
export interface Ratios {
  readonly column: string;
  readonly values: ReadonlyMap<MeasuredVolume, number>;
}

/**
 * Each unit's error over the smallest that any method of the run reaches in the same subject at the same k (of `auto`:
 * its regret), and over the smallest of the interpolations.
 */
export function ratiosOf(units: readonly MeasuredVolume[]): Ratios[] {
  const key = ({ subject, every }: MeasuredVolume): string => `${every} ${subject}`;
  return definitions.map(({ column, measure, isRival }) => {
    const best = new Map<string, number>();
    for (const unit of units) {
      const error = unit[measure];
      if (error === null || !(error > 0) || !isRival(unit.method)) continue;
      best.set(key(unit), Math.min(error, best.get(key(unit)) ?? Number.POSITIVE_INFINITY));
    }
    const values = units.flatMap((unit): [MeasuredVolume, number][] => {
      const error = unit[measure];
      const least = best.get(key(unit));
      return error === null || least === undefined ? [] : [[unit, error / least]];
    });
    return { column, values: new Map(values) };
  });
}
