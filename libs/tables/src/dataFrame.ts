import { InputError } from '@oinr/errors';
import { plainTable, rowsByKey } from './plainTable.ts';
import { parseNumber, type Table } from './table.ts';

/**
 * danfojs takes about two seconds to load, so it is loaded where somebody looks at a table and nowhere else. Undefined
 * where it is not installed, as beside a command installed from a tarball: npm applies the overrides that it needs in
 * the workspace alone.
 */
async function loadDanfo(): Promise<typeof import('danfojs-node') | undefined> {
  try {
    return await import('danfojs-node');
  } catch (error) {
    if (error instanceof Error && /Cannot find package 'danfojs-node'/.test(error.message)) return undefined;
    throw error;
  }
}

/** The rows of a table that share their cells in the grouping columns. */
export interface RowGroup {
  /** The shared cells, in the order of the grouping columns. */
  readonly keys: readonly string[];
  readonly rows: Table['rows'];
}

function checkColumns(table: Table, columns: readonly string[]): void {
  const missing = columns.filter((column) => !table.columns.includes(column));
  if (missing.length > 0) {
    throw new InputError(
      `The table has no column ${missing.map((name) => `'${name}'`).join(', ')}; it has ${table.columns.map((name) => `'${name}'`).join(', ')}.`,
    );
  }
}

/** Groups rows by one or more columns with a danfojs data frame, where it is installed; groups come in order of first appearance. */
export async function groupRows(table: Table, by: readonly string[]): Promise<RowGroup[]> {
  checkColumns(table, by);
  if (table.rows.length === 0) return [];
  const danfo = await loadDanfo();
  // One key column, as danfojs joins several keys by hyphens and would merge 'a-b','c' with 'a','b-c'.
  const keys = table.rows.map((row) => JSON.stringify(by.map((column) => row[column])));
  const groups = danfo === undefined ? rowsByKey(keys) : danfoGroups(danfo, keys);
  return [...groups]
    .map(([key, rows]) => ({
      keys: JSON.parse(key) as string[],
      first: rows[0],
      rows: rows.map((index) => table.rows[index]),
    }))
    .sort((a, b) => a.first - b.first)
    .map(({ keys, rows }) => ({ keys, rows }));
}

function danfoGroups(
  { DataFrame }: typeof import('danfojs-node'),
  keys: readonly string[],
): Map<string, number[]> {
  const frame = new DataFrame(
    keys.map((key, index) => [key, index]),
    { columns: ['key', 'row'] },
  );
  const groups = frame.groupby(['key']).col(['row']).groups as Record<string, { row: number[] }>;
  return new Map(Object.entries(groups).map(([key, { row }]) => [key, row]));
}

/** Number of values that are there, their mean and their standard deviation (n - 1), in float64. */
export interface Moments {
  readonly count: number;
  /** `undefined` without values. */
  readonly mean: number | undefined;
  /** `undefined` with fewer than two values. */
  readonly deviation: number | undefined;
}

/** Moments of the numbers in cells; missing cells are left out. Throws an InputError for text. */
export function momentsOf(cells: readonly (string | undefined)[]): Moments {
  const values = cells.map(parseNumber).filter((value) => value !== undefined);
  const count = values.length;
  if (count === 0) return { count, mean: undefined, deviation: undefined };
  // Differences from the first value: a column of equal numbers has exactly that mean and deviation 0.
  const origin = Number.isFinite(values[0]) ? values[0] : 0;
  const mean = origin + values.reduce((sum, value) => sum + (value - origin), 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : undefined };
}

/**
 * The table drawn as text by danfojs, all rows and columns, for a terminal or a log; plainly, with a line that says so,
 * where danfojs is not installed.
 */
export async function showTable(table: Table): Promise<string> {
  if (table.rows.length === 0) return `${table.columns.join('  ')}\n(no rows)\n`;
  const danfo = await loadDanfo();
  if (danfo === undefined) return `${plainTable(table)}(drawn plainly: danfojs-node is not installed)\n`;
  const { DataFrame } = danfo;
  // danfojs cuts cells at 17 characters unless it is told the widths.
  const widths = [
    String(table.rows.length).length,
    ...table.columns.map((column) => Math.max(column.length, ...table.rows.map((row) => row[column].length))),
  ];
  const frame = new DataFrame(
    table.rows.map((row) => table.columns.map((column) => row[column])),
    {
      columns: [...table.columns],
      index: table.rows.map((_, index) => index + 1),
      dtypes: table.columns.map(() => 'string'),
      config: {
        tableMaxRow: table.rows.length + 1,
        tableMaxColInConsole: table.columns.length + 1,
        tableDisplayConfig: {
          columns: widths.map((width) => ({ width, truncate: width })),
          drawHorizontalLine: (line: number, lines: number) => line <= 1 || line === lines,
        },
      },
    },
  );
  return String(frame);
}
