import { missingPercent } from '@oinr/slices';
import { type CellValue, momentsOf, type Table, tableOf } from '@oinr/tables';
import { measures } from './measure.ts';
import { cellKey, compareText, sortUnits } from './order.ts';
import type { FailedVolume, MeasuredVolume } from './outcome.ts';
import { rankColumns, ranksOf } from './rankColumns.ts';
import { ratioColumns, ratiosOf } from './ratios.ts';

/**
 * tables/mse.tsv: one row per subject, k and method; first_kept is the index of the first kept slice. Errors are in units of the intensity scale; ratios are to the same
 * subject's best method, or best interpolation.
 */
export function mseTable(units: readonly MeasuredVolume[]): Table {
  const ratios = ratiosOf(units);
  const columns = [
    'participant_id',
    'group',
    'method',
    'k',
    'missing_percent',
    'first_kept',
    ...measures,
    ...ratioColumns,
    'seconds',
    'steps',
    'engine',
  ];
  return tableOf(
    columns,
    sortUnits(units).map((unit) => ({
      participant_id: `sub-${unit.subject}`,
      group: unit.group,
      method: unit.method,
      k: unit.every,
      missing_percent: missingPercent(unit.every),
      first_kept: unit.firstKept,
      ...Object.fromEntries(measures.map((measure) => [measure, unit[measure] ?? undefined])),
      ...Object.fromEntries(ratios.map(({ column, values }) => [column, values.get(unit)])),
      seconds: unit.seconds,
      steps: unit.steps,
      engine: unit.engine === 'none' ? undefined : unit.engine,
    })),
  );
}

/**
 * tables/summary.tsv: per k and method the number of subjects, mean and standard deviation (n - 1) of each measure, and
 * of each ratio the mean over subjects and the worst subject's; and the rank by error with its interval.
 */
export function summaryTable(units: readonly MeasuredVolume[]): Table {
  const columns = [
    'method',
    'k',
    'missing_percent',
    'n',
    ...measures.flatMap((measure) => [`${measure}_mean`, `${measure}_sd`]),
    ...ratioColumns.flatMap((column) => [column, `${column}_worst`]),
    ...rankColumns,
  ];
  const ratios = ratiosOf(units);
  const ranks = ranksOf(units);
  const cells = new Map<string, MeasuredVolume[]>();
  for (const unit of sortUnits(units.map((unit) => ({ ...unit, subject: '' })))) cells.set(cellKey(unit), []);
  for (const unit of sortUnits(units)) cells.get(cellKey(unit))?.push(unit);
  const records = [...cells.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const ofRatios = ratios.flatMap(({ column, values }): [string, CellValue][] => {
      const own = members.flatMap((unit) => values.get(unit) ?? []);
      return [
        [column, mean(own)],
        [`${column}_worst`, own.length === 0 ? undefined : Math.max(...own)],
      ];
    });
    return [
      {
        method: first.method,
        k: first.every,
        missing_percent: missingPercent(first.every),
        n: members.length,
        ...momentColumns(members),
        ...Object.fromEntries(ofRatios),
        ...ranks.get(cellKey(first)),
      },
    ];
  });
  return tableOf(columns, records);
}

function momentColumns(members: readonly MeasuredVolume[]): Record<string, CellValue> {
  return Object.fromEntries(
    measures.flatMap((measure) => {
      const values = members.map((unit) => unit[measure]);
      const { mean: average, deviation } = momentsOf(
        values.map((value) => (value === null ? undefined : String(value))),
      );
      return [
        [`${measure}_mean`, average],
        [`${measure}_sd`, deviation],
      ];
    }),
  );
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** tables/failures.tsv: what could not be imputed, and why. `all` stands for the whole subject. */
export function failuresTable(failures: readonly FailedVolume[], hide: (text: string) => string): Table {
  const records = failures.map(({ subject, group, method, every, message }) => ({
    participant_id: `sub-${subject}`,
    group,
    method: method ?? 'all',
    k: every === undefined ? 'all' : String(every),
    reason: hide(message),
  }));
  records.sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
  return tableOf(['participant_id', 'group', 'method', 'k', 'reason'], records);
}
