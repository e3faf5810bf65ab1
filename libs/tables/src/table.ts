import { InputError, UserError } from '@oinr/errors';

/** A table of text: every row has a cell for every column. Numbers are text that `formatNumber` made exactly. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** A table could not be read or written; the message names the file, the line, and what to do. */
export class TableError extends UserError {
  override readonly name = 'TableError';
  constructor(file: string, sentence: string, options?: ErrorOptions) {
    super(`${file} ${sentence}`, options);
  }
}

/** What a cell may be made of: `undefined` is a missing value and becomes n/a. */
export type CellValue = string | number | boolean | undefined;

/** Makes a table of values: numbers exactly, missing ones as n/a. A column that a row lacks is missing there. */
export function tableOf(
  columns: readonly string[],
  records: readonly Readonly<Record<string, CellValue>>[],
): Table {
  const cell = (value: CellValue): string =>
    typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : formatNumber(value);
  return {
    columns,
    rows: records.map((record) =>
      Object.fromEntries(
        columns.map((column) => [column, cell(Object.hasOwn(record, column) ? record[column] : undefined)]),
      ),
    ),
  };
}

/**
 * The shortest text from which `parseNumber` gives the very same float64 again, NaN, infinities and the sign
 * of zero included; `n/a` for a missing value.
 */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return 'n/a';
  return Object.is(value, -0) ? '-0' : String(value);
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const words: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
};

/** True for the ways to write a missing value in BIDS tables: n/a (in any case) and the empty cell. */
export function isMissing(cell: string | undefined): boolean {
  return cell === undefined || cell.trim() === '' || cell.trim().toLowerCase() === 'n/a';
}

/**
 * The number in a cell; `undefined` when it is missing. Throws an InputError that quotes the cell when it holds
 * something else: text is never read as 0 or NaN.
 */
export function parseNumber(cell: string | undefined): number | undefined {
  if (cell === undefined || isMissing(cell)) return undefined;
  const text = cell.trim();
  if (decimal.test(text)) return Number(text);
  const lower = text.toLowerCase();
  if (Object.hasOwn(words, lower)) return words[lower];
  throw new InputError(
    `'${text.slice(0, 40)}' is not a number; write a decimal number, or n/a where it is missing.`,
  );
}

/** Makes a table from a header and lines of cells, refusing what would be read wrongly. `line` counts from 1. */
export function tableFromCells(
  header: readonly string[],
  lines: readonly { readonly line: number; readonly cells: readonly string[] }[],
  file: string,
): Table {
  header.forEach((name, index) => {
    if (name === '') {
      throw new TableError(file, `has no name for column ${index + 1} in its first line. Name every column.`);
    }
    if (header.indexOf(name) !== index) {
      throw new TableError(
        file,
        `has two columns named '${name}' (${header.indexOf(name) + 1} and ${index + 1}). Rename or remove one.`,
      );
    }
  });
  const rows = lines.map(({ line, cells }) => {
    if (cells.length !== header.length) {
      throw new TableError(
        file,
        `has ${cells.length} cells in line ${line} where its first line names ${header.length} columns. Correct that line.`,
      );
    }
    return Object.fromEntries(header.map((name, index) => [name, cells[index]]));
  });
  return { columns: header, rows };
}
