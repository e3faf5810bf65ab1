import { parseNumber, type Table } from '@oinr/tables';
import { markdownTable, thousandths } from './recipe.ts';
import { numberOf, type RunRecord, type Value } from './record.ts';

const measure = 'mse_missing_mask';

/**
 * Of tables/mse.tsv: mean error in the mask by percentage and method (`66.linear`), how many subjects they are of (`n`), and
 * by percentage the method with the smallest one (`66.best`) where it is told from every other: its paired difference to each
 * exceeds two standard errors over subjects. Else `66.best` is empty.
 */
export function errorValues({ rows }: Table): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const percent of [...new Set(rows.map((row) => row.missing_percent))]) {
    const own = rows.filter((row) => row.missing_percent === percent);
    const methods = [...new Set(own.map((row) => row.method))];
    const people = [...new Set(own.map((row) => row.participant_id))].sort();
    const errors = new Map(
      methods.map((method) => [
        method,
        people.map((id) => {
          const row = own.find((one) => one.method === method && one.participant_id === id);
          return (row && parseNumber(row[measure])) ?? Number.NaN;
        }),
      ]),
    );
    const meanOf = (method: string): number => mean(errors.get(method) ?? []);
    const [best, ...others] = methods.toSorted((a, b) => meanOf(a) - meanOf(b));
    const isTold = others.every((method) => {
      const apart = (errors.get(method) ?? []).map((error, n) => error - (errors.get(best) ?? [])[n]);
      return mean(apart) > 2 * standardError(apart);
    });
    for (const method of methods) values[`${percent}.${method}`] = Number(meanOf(method).toPrecision(5));
    values[`${percent}.best`] = isTold ? best : '';
    values.n = people.length;
  }
  return values;
}

/** Methods as columns, percentages as rows, in thousandths. */
export function errorTable(record: RunRecord, methods: readonly string[]): string {
  const percents = Object.keys(record.values)
    .filter((key) => key.endsWith('.best'))
    .map((key) => key.replace('.best', ''))
    .sort((a, b) => Number(a) - Number(b));
  return markdownTable(
    ['missing', ...methods],
    percents.map((percent) => [
      `${percent} %`,
      ...methods.map((method) => {
        const shown = thousandths(numberOf(record, `${percent}.${method}`));
        return record.values[`${percent}.best`] === method ? `**${shown}**` : shown;
      }),
    ]),
  );
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a mean; that of one value is unknown, which tells nothing apart. */
export function standardError(values: readonly number[]): number {
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
