import { checkHeader, type Table, TableError } from './table.ts';

/** What a cell cannot hold. */
const lineBreaking = /[\t\n\r]/;

/**
 * Writes tab-separated values: the same table gives the same text, and `parseTsv` gives the same table back, but for
 * blanks at the ends of cells. Throws TableError for what tab-separated values cannot hold: tabs and line ends in a cell,
 * a row without a cell for some column or with empty cells alone, repeated or empty column names.
 */
export function formatTsv(table: Table, file: string): string {
  return [...tsvPieces(table, file)].join('');
}

/** So many rows are one piece of text. */
const rowsInPiece = 10_000;

/** The same in pieces: the text of a million rows is not held as a whole. */
export function* tsvPieces(table: Table, file: string): Generator<string> {
  const check = (cell: string, where: string): string => {
    if (lineBreaking.test(cell)) {
      throw new TableError(
        file,
        `could not be written: ${where} holds a tab or a line end (${JSON.stringify(cell.slice(0, 60))}), which a TSV file cannot hold.`,
      );
    }
    return cell;
  };
  const { columns, rows } = table;
  // The reader's own rule.
  checkHeader(columns, file);
  if (columns[0].startsWith('\uFEFF')) {
    throw new TableError(file, 'could not be written: its first column begins with a byte order mark.');
  }
  const lineOf = (row: Table['rows'][number], index: number): string => {
    const cells = columns.map((column) => {
      if (!Object.hasOwn(row, column)) {
        throw new TableError(
          file,
          `could not be written: row ${index + 1} has no cell for column '${column}'.`,
        );
      }
      const cell = row[column];
      return lineBreaking.test(cell) ? check(cell, `row ${index + 1}, column '${column}',`) : cell;
    });
    if (cells.every((cell) => cell === '')) {
      throw new TableError(
        file,
        `could not be written: row ${index + 1} has no cell that is not empty and would be lost. Write n/a.`,
      );
    }
    return cells.join('\t');
  };
  yield `${columns.map((column) => check(column, 'the name of a column')).join('\t')}\n`;
  for (let first = 0; first < rows.length; first += rowsInPiece) {
    const lines = rows.slice(first, first + rowsInPiece).map((row, index) => lineOf(row, first + index));
    yield `${lines.join('\n')}\n`;
  }
}
