import { groupDifference } from '@oinr/agreement';
import { studentQuantile } from '@oinr/statistics';
import { parseNumber, type Table, tableOf } from '@oinr/tables';

const columns = [
  'method',
  'missing_percent',
  'k',
  'group_first',
  'mean_first',
  'sd_first',
  'n_first',
  'group_second',
  'mean_second',
  'sd_second',
  'n_second',
  'difference',
  'standard_error',
  'degrees_of_freedom',
  'ci_low',
  'ci_high',
] as const;

/**
 * tables/bias.tsv: signed error inside the mask (bias_missing_mask of mse.tsv: imputed minus full, missing slices, in
 * units of the intensity scale) per group, and its difference, first minus second, with Welch's 95 % interval.
 */
export function biasTable(mse: Table, groups: readonly [string, string], subjects: readonly string[]): Table {
  const included = new Set(subjects.map((id) => `sub-${id}`));
  const cells = new Map<string, Table['rows'][number][]>();
  for (const row of mse.rows) {
    if (!included.has(row.participant_id)) continue;
    const key = `${row.k} ${row.method}`;
    cells.set(key, [...(cells.get(key) ?? []), row]);
  }
  const records = [...cells.values()].map((rows) => {
    const values = (group: string): number[] =>
      rows.flatMap((row) => (row.group === group ? (parseNumber(row.bias_missing_mask) ?? []) : []));
    const result = groupDifference(values(groups[0]), values(groups[1]));
    const { difference, standardError, degreesOfFreedom } = result;
    const halfWidth =
      standardError === undefined || degreesOfFreedom === undefined
        ? undefined
        : standardError * studentQuantile(0.025, degreesOfFreedom);
    const limit = (sign: number): number | undefined =>
      difference === undefined || halfWidth === undefined ? undefined : difference + sign * halfWidth;
    return {
      method: rows[0].method,
      missing_percent: rows[0].missing_percent,
      k: rows[0].k,
      group_first: groups[0],
      mean_first: result.first.mean,
      sd_first: result.first.standardDeviation,
      n_first: result.first.count,
      group_second: groups[1],
      mean_second: result.second.mean,
      sd_second: result.second.standardDeviation,
      n_second: result.second.count,
      difference,
      standard_error: standardError,
      degrees_of_freedom: degreesOfFreedom,
      ci_low: limit(-1),
      ci_high: limit(1),
    };
  });
  return tableOf(columns, records);
}
