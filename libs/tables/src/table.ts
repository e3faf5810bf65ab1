import { InputError, UserError } from '@oinr/errors';
import { isMissing } from './missing.ts';

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

/** Whether a cell holds a number with a comma in it: decimals of many languages, or thousands of others. */
export function hasDecimalComma(cell: string): boolean {
  return /^[+-]?\d+(\.\d{3})*,\d+$/.test(cell.trim());
}

/** The number in a cell, NaN where it says so; `undefined` for anything else, a missing value or text. */
export function numberIn(cell: string): number | undefined {
  const text = cell.trim();
  if (decimal.test(text)) return Number(text);
  const lower = text.toLowerCase();
  return Object.hasOwn(words, lower) ? words[lower] : undefined;
}

/**
 * The number in a cell; `undefined` when it is missing (see `isMissing`), but NaN where it says so. Throws an InputError
 * that quotes the cell when it holds something else: text is never read as 0 or NaN.
 */
export function parseNumber(cell: string | undefined): number | undefined {
  if (cell === undefined) return undefined;
  const text = cell.trim();
  const number = numberIn(text);
  if (number !== undefined || isMissing(text)) return number;
  throw new InputError(
    `'${text.slice(0, 40)}' is not a number; ${hasDecimalComma(text) ? 'write a decimal point instead of the comma' : 'write a decimal number'}, or n/a where it is missing.`,
  );
}

/** @throws TableError where two columns have the same name. */
export function checkHeader(header: readonly string[], file: string): void {
  const places = new Map<string, number>();
  header.forEach((name, index) => {
    const other = places.get(name);
    if (other !== undefined) {
      throw new TableError(
        file,
        `has two columns named '${name}' (${other + 1} and ${index + 1}). Rename or remove one.`,
      );
    }
    places.set(name, index);
  });
}
