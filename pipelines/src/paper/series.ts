import { isMissing, parseNumber, type Table } from '@oinr/tables';

type Row = Table['rows'][number];

/** Measured points of one method on one signal, by one metric, in the order of steps. */
export interface Series {
  readonly case: string;
  /** The method, with recipe and octaves where a case has it by several. */
  readonly name: string;
  readonly metric: string;
  /** Rows of the table, from 0. */
  readonly rows: readonly number[];
  /** Whether it has steps: a fit, not a baseline. */
  readonly isFit: boolean;
}

/** Measured beside what is compared; in the tables alone. */
export const sideMetrics: readonly string[] = ['residual_mse', 'noise_variance', 'filled_share'];

/** What tells two series of one method apart. */
const differences = ['recipe', 'octaves', 'parameters'] as const;

/** The series of an experiment's table, in its order. */
export function seriesOf({ rows }: Table): Series[] {
  const keyOf = (row: Row): string =>
    [row.case, row.method, row.metric, ...differences.map((column) => row[column])].join('\t');
  const groups = [...Map.groupBy(rows.keys(), (index) => keyOf(rows[index])).values()];
  return groups.map((indices) => {
    const first = rows[indices[0]];
    const alike = groups
      .map(([index]) => rows[index])
      .filter((row) => row.case === first.case && row.method === first.method && row.metric === first.metric);
    const own = differences.filter(
      (column) => column !== 'parameters' && alike.some((row) => row[column] !== first[column]),
    );
    return {
      case: first.case,
      name: [first.method, ...own.map((column) => inWords(first, column))].join(', '),
      metric: first.metric,
      rows: indices.toSorted((a, b) => stepOf(rows[a]) - stepOf(rows[b])),
      isFit: !isMissing(first.step),
    };
  });
}

function inWords(row: Row, column: 'recipe' | 'octaves' | 'parameters'): string {
  if (isMissing(row[column])) return `no ${column}`;
  return column === 'octaves' ? `${row[column]} octaves` : row[column];
}

const stepOf = (row: Row): number => parseNumber(row.step) ?? 0;
