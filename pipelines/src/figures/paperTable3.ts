import { paperTable3, paperTable3Scale, tableFigure } from '@oinr/figures';
import { type CellValue, parseNumber, type Table, tableOf } from '@oinr/tables';
import type { RunFigure } from './runFigure.ts';

/**
 * tables/table3.tsv: the paper's Table 3 beside the run's means over subjects: MSE over the whole volume, as in the
 * paper, and over the missing slices alone. Scales differ and are named with every use.
 */
export function table3Table(summary: Table): Table {
  const methods = [...new Set(summary.rows.map((row) => row.method))];
  const percents = [
    ...new Set([
      ...paperTable3.map((row) => row.missingPercent),
      ...summary.rows.map((row) => parseNumber(row.missing_percent) ?? 0),
    ]),
  ].sort((a, b) => a - b);
  const records = percents.map((percent): Record<string, CellValue> => {
    const paper = paperTable3.find((row) => row.missingPercent === percent);
    const ours = methods.map((method) => ({
      method,
      row: summary.rows.find((row) => row.method === method && parseNumber(row.missing_percent) === percent),
    }));
    return {
      missing_percent: percent,
      paper_test_mse: paper?.testMse,
      paper_train_mse: paper?.trainMse,
      ...Object.fromEntries(
        ours.flatMap(({ method, row }) => [
          [`volume_mse_${method}`, row?.mse_volume_mean],
          [`missing_mse_${method}`, row?.mse_missing_mean],
        ]),
      ),
    };
  });
  return tableOf(
    [
      'missing_percent',
      'paper_test_mse',
      'paper_train_mse',
      ...methods.map((method) => `volume_mse_${method}`),
      ...methods.map((method) => `missing_mse_${method}`),
    ],
    records,
  );
}

/** Table 3 as a picture: ours over the whole volume beside the paper's. `scale`: what our MSE is of, in words. */
export function table3Figure(table: Table, scale: string): RunFigure {
  const ours = table.columns.filter((column) => column.startsWith('volume_mse_'));
  const show = (cell: string): string => {
    const value = parseNumber(cell);
    return value === undefined ? '\u2013' : value.toExponential(1).replace('e-', 'e\u2212');
  };
  const svg = tableFigure({
    title: 'MSE against the share of missing slices, beside the paper\u2019s Table 3',
    description:
      'Rows: share of missing slices. Columns: the paper\u2019s test and train error, then the methods of this run.',
    columns: [
      { name: 'missing' },
      { name: 'test', align: 'right' },
      { name: 'train', align: 'right' },
      ...ours.map((column) => ({ name: column.replace('volume_mse_', ''), align: 'right' as const })),
    ],
    groups: [
      { first: 1, count: 2, name: 'paper' },
      { first: 3, count: ours.length, name: 'this run, whole volume' },
    ],
    rows: table.rows.map((row) => [
      `${row.missing_percent} %`,
      show(row.paper_test_mse),
      show(row.paper_train_mse),
      ...ours.map((column) => show(row[column])),
    ]),
    notes: [
      `${paperTable3Scale}.`,
      `This run: ${scale}, mean over subjects, whole volume: kept slices, which have no error, count as well.`,
    ],
  });
  return {
    id: 'table-3-beside-the-paper',
    part: 'errors',
    caption: 'MSE beside the paper\u2019s Table 3.',
    svg,
    sources: ['tables/table3.tsv'],
    isTable: true,
  };
}
