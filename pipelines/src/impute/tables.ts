import type { Cohort } from '@oinr/cohort';
import { missingPercent } from '@oinr/slices';
import { type CellValue, momentsOf, type Table, tableOf } from '@oinr/tables';
import { classicalNames, methodNames } from './methods.ts';
import type { FailedUnit, UnitResult } from './plan.ts';

/** One row of tables/mse.tsv before it is written. */
export interface MeasuredUnit {
  readonly subject: string;
  readonly group: string;
  readonly method: string;
  readonly every: number;
  readonly result: UnitResult;
}

export interface FailedSubject extends FailedUnit {
  readonly subject: string;
  readonly group: string;
}

const measures = [
  'mse_kept',
  'mse_missing',
  'mse_volume',
  'mse_missing_mask',
  'psnr_missing',
  'ssim_missing',
  'bias_missing_mask',
] as const;

/** Subjects in order of name, then k, then methods as they are registered: the same for any order of work. */
export function sortUnits<Unit extends Pick<MeasuredUnit, 'subject' | 'method' | 'every'>>(
  units: readonly Unit[],
): Unit[] {
  return units.toSorted(
    (a, b) =>
      compareText(a.subject, b.subject) ||
      a.every - b.every ||
      methodNames.indexOf(a.method) - methodNames.indexOf(b.method),
  );
}

// Not localeCompare, which depends on the machine's language.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** tables/mse.tsv: one row per subject, k and method. Errors are in units of the intensity scale. */
export function mseTable(units: readonly MeasuredUnit[]): Table {
  const columns = [
    'participant_id',
    'group',
    'method',
    'k',
    'missing_percent',
    ...measures,
    'seconds',
    'steps',
    'engine',
  ];
  return tableOf(
    columns,
    sortUnits(units).map(({ subject, group, method, every, result }) => ({
      participant_id: `sub-${subject}`,
      group,
      method,
      k: every,
      missing_percent: missingPercent(every),
      ...Object.fromEntries(measures.map((measure) => [measure, result[measure] ?? undefined])),
      seconds: result.seconds,
      steps: result.steps,
      engine: result.engine === 'none' ? undefined : result.engine,
    })),
  );
}

/**
 * tables/summary.tsv: per k and method the number of subjects, mean and standard deviation (n - 1) of each measure,
 * and the error relative to each subject's best interpolation: mean ratio over the missing slices, the same in the
 * mask, and the worst subject's ratio in the mask.
 */
export function summaryTable(units: readonly MeasuredUnit[]): Table {
  const columns = [
    'method',
    'k',
    'missing_percent',
    'n',
    ...measures.flatMap((measure) => [`${measure}_mean`, `${measure}_sd`]),
    'ratio_to_best_classical',
    'ratio_to_best_classical_mask',
    'ratio_to_best_classical_mask_worst',
  ];
  const sorted = sortUnits(units);
  const cells = new Map<string, MeasuredUnit[]>();
  for (const unit of sortUnits(units.map((unit) => ({ ...unit, subject: '' })))) cells.set(cellKey(unit), []);
  for (const unit of sorted) cells.get(cellKey(unit))?.push(unit);
  const records = [...cells.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const whole = ratios(members, sorted, 'mse_missing');
    const inMask = ratios(members, sorted, 'mse_missing_mask');
    return [
      {
        method: first.method,
        k: first.every,
        missing_percent: missingPercent(first.every),
        n: members.length,
        ...momentColumns(members),
        ratio_to_best_classical: mean(whole),
        ratio_to_best_classical_mask: mean(inMask),
        ratio_to_best_classical_mask_worst: inMask.length === 0 ? undefined : Math.max(...inMask),
      },
    ];
  });
  return tableOf(columns, records);
}

function cellKey({ every, method }: MeasuredUnit): string {
  return `${every} ${method}`;
}

function momentColumns(members: readonly MeasuredUnit[]): Record<string, CellValue> {
  return Object.fromEntries(
    measures.flatMap((measure) => {
      const values = members.map(({ result }) => result[measure]);
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

/** Each member's error over that of the best interpolation of the same subject and k, where there is one. */
function ratios(
  members: readonly MeasuredUnit[],
  all: readonly MeasuredUnit[],
  measure: 'mse_missing' | 'mse_missing_mask',
): number[] {
  return members.flatMap(({ subject, every, result }) => {
    const own = result[measure];
    const classical = all.flatMap((unit) => {
      const value = unit.result[measure];
      const isRival =
        unit.subject === subject && unit.every === every && classicalNames.includes(unit.method);
      return isRival && value !== null && value > 0 ? [value] : [];
    });
    return own === null || classical.length === 0 ? [] : [own / Math.min(...classical)];
  });
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** tables/excluded.tsv: subjects and images that the cohort does not use, and why. */
export function excludedTable(cohort: Cohort, hide: (text: string) => string): Table {
  return tableOf(
    ['what', 'reason', 'needs_action'],
    cohort.excluded.map(({ what, reason, isProblem }) => ({
      what: hide(what),
      reason: hide(reason),
      needs_action: isProblem ? 'yes' : 'no',
    })),
  );
}

/** tables/failures.tsv: what could not be imputed, and why. `all` stands for the whole subject. */
export function failuresTable(failures: readonly FailedSubject[], hide: (text: string) => string): Table {
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
