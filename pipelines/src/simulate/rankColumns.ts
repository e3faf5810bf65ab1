import type { CellValue } from '@oinr/tables';
import { completeSubjects } from './completeSubjects.ts';
import { cellKey } from './order.ts';
import type { MeasuredVolume } from './outcome.ts';
import { rankMethods } from './ranking.ts';

/** What tables/summary.tsv says of the place of a method among those at the same k. */
export const rankColumns = [
  'error_rank',
  'error_rank_low',
  'error_rank_high',
  'within_noise_of_best',
] as const;

/**
 * The cells of these columns by row of the table (`cellKey`): by the error in the mask where every subject of a k has one, else
 * over whole slices. A k at which no subject has all methods has no ranks.
 */
export function ranksOf(
  units: readonly MeasuredVolume[],
): ReadonlyMap<string, Readonly<Record<string, CellValue>>> {
  const cells = new Map<string, Readonly<Record<string, CellValue>>>();
  for (const measure of ['mse_missing', 'mse_missing_mask'] as const) {
    const complete = units.filter((unit) => measure === 'mse_missing' || hasMask(units, unit.every));
    const { methods, rows } = completeSubjects(complete, measure);
    for (const { every, errors } of rows) {
      for (const [index, { rank, interval, isWithinNoise }] of rankMethods(errors).entries()) {
        cells.set(cellKey({ every, method: methods[index] }), {
          error_rank: rank,
          error_rank_low: interval?.[0],
          error_rank_high: interval?.[1],
          within_noise_of_best: isWithinNoise ? 'yes' : 'no',
        });
      }
    }
  }
  return cells;
}

const hasMask = (units: readonly MeasuredVolume[], every: number): boolean =>
  units.every((unit) => unit.every !== every || unit.mse_missing_mask !== null);
