import { InputError } from '@oinr/errors';
import type { Table } from '@oinr/tables';
import { type Format, showCell } from './formats.ts';
import { type Html, html } from './html.ts';

/** A table of the run and where it lies, relative to the run folder. */
export interface TableSource {
  readonly file: string;
  readonly table: Table;
}

/** The 0-based rows of a source that fulfil a condition. */
export function rowsWhere(
  source: TableSource,
  condition: (row: Readonly<Record<string, string>>) => boolean,
): number[] {
  return source.table.rows.flatMap((row, index) => (condition(row) ? [index] : []));
}

/** Whether a table has a column; some stand there only where an option asks for them. */
export function hasColumn({ table }: TableSource, column: string): boolean {
  return table.columns.includes(column);
}

/**
 * One cell of a table in the text, with the place it comes from: file, line (the header is line 1) and column, so
 * that every number in the page can be looked up. @throws InputError where the table has no such cell.
 */
export function cite(source: TableSource, row: number, column: string, format: Format): Html {
  const cell = source.table.rows[row]?.[column];
  if (cell === undefined) {
    throw new InputError(
      `${source.file} has no cell in row ${row + 1}, column '${column}'; it was written by another version. Run the stages impute and compare again.`,
    );
  }
  const line = row + 2;
  return html`<data value="${cell}" data-source="${source.file}" data-line="${line}" data-column="${column}" data-format="${format}" title="${source.file}, line ${line}, ${column}">${showCell(cell, format)}</data>`;
}
