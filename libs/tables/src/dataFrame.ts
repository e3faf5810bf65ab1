import { plainTable, rowsByKey } from './plainTable.ts';
import { isMissing, parseNumber, type Table, tableOf } from './table.ts';

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
    throw new RangeError(
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

/** Moments of the numbers in cells; missing cells are left out. Throws a RangeError for text. */
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

/** Four significant digits, without the noise of binary fractions: for people, not for files. */
export function displayNumber(value: number | undefined): string {
  if (value === undefined) return 'n/a';
  if (!Number.isFinite(value) || value === 0) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}

function isNumeric(cells: readonly string[]): boolean {
  return cells.every((cell) => {
    try {
      parseNumber(cell);
      return true;
    } catch {
      return false;
    }
  });
}

/** `mean ± deviation` for numbers, counts of each value for text; the number missing where there are some. */
function describeCells(cells: readonly string[], asNumbers: boolean): string {
  const present = cells.filter((cell) => !isMissing(cell));
  const missing = cells.length - present.length;
  const note = missing > 0 ? ` (${missing} missing)` : '';
  if (present.length === 0) return 'n/a';
  if (asNumbers) {
    const { mean, deviation } = momentsOf(present);
    const spread = deviation === undefined ? '' : ` ± ${displayNumber(deviation)}`;
    return `${displayNumber(mean)}${spread}${note}`;
  }
  const counts = new Map<string, number>();
  for (const cell of present) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return `${[...counts].map(([value, count]) => `${count} ${value}`).join(', ')}${note}`;
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

/**
 * Describes the groups of a table to a person: one line for each combination of cells in `by`, with the number
 * of rows and, for each of `columns`, mean ± standard deviation (numbers) or the count of each value (text).
 * Grouping and drawing are danfojs's; means are computed here in float64, as its own arithmetic is float32.
 * Throws a RangeError for a column that is not there.
 */
export async function describeGroups(
  table: Table,
  by: string | readonly string[],
  columns: readonly string[] = [],
): Promise<string> {
  const grouping = typeof by === 'string' ? [by] : by;
  checkColumns(table, columns);
  const numeric = new Map(columns.map((column) => [column, isNumeric(table.rows.map((row) => row[column]))]));
  const groups = await groupRows(table, grouping);
  const rows = groups.map(({ keys, rows: members }) =>
    Object.fromEntries([
      ...grouping.map((column, index) => [column, keys[index]]),
      ['n', String(members.length)],
      ...columns.map((column) => [
        column,
        describeCells(
          members.map((row) => row[column]),
          numeric.get(column) === true,
        ),
      ]),
    ]),
  );
  return showTable({ columns: [...grouping, 'n', ...columns], rows });
}

/**
 * Exact means by group as a table to be written: the grouping columns, `n` (rows), and for each of `columns`
 * its mean under its own name and its standard deviation as `<name>_sd`. Missing cells are left out; n/a where
 * nothing is left. Throws a RangeError for a column that is not there or holds text.
 */
export async function groupMeans(
  table: Table,
  by: string | readonly string[],
  columns: readonly string[],
): Promise<Table> {
  const grouping = typeof by === 'string' ? [by] : by;
  checkColumns(table, columns);
  const groups = await groupRows(table, grouping);
  return tableOf(
    [...grouping, 'n', ...columns.flatMap((column) => [column, `${column}_sd`])],
    groups.map(({ keys, rows }) =>
      Object.fromEntries<string | number | undefined>([
        ...grouping.map((column, index): [string, string] => [column, keys[index]]),
        ['n', rows.length],
        ...columns.flatMap((column): [string, number | undefined][] => {
          const { mean, deviation } = momentsOf(rows.map((row) => row[column]));
          return [
            [column, mean],
            [`${column}_sd`, deviation],
          ];
        }),
      ]),
    ),
  );
}
