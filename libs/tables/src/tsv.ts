import { type Table, TableError, tableFromCells } from './table.ts';

/**
 * Reads tab-separated values as BIDS defines them: a header line, no quoting, `n/a` for missing cells. A byte
 * order mark, CRLF line ends and empty lines at the end are accepted. Throws TableError for ragged lines,
 * empty lines in between, and missing or repeated column names.
 */
export function parseTsv(text: string, file: string): Table {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  while (lines.length > 0 && lines[lines.length - 1] === '') lines.pop();
  if (lines.length === 0) {
    throw new TableError(file, 'is empty. A header line with the names of the columns was expected.');
  }
  const cells = lines.map((line, index) => ({ line: index + 1, cells: line.split('\t') }));
  return tableFromCells(cells[0].cells, cells.slice(1), file);
}

/**
 * Writes tab-separated values: the same table gives the same text, and `parseTsv` gives the same table back.
 * Throws TableError for what tab-separated values cannot hold: tabs and line ends in a cell, a row without a
 * cell for some column, repeated or empty column names.
 */
export function formatTsv(table: Table, file: string): string {
  const check = (cell: string, where: string): string => {
    if (/[\t\n\r]/.test(cell)) {
      throw new TableError(
        file,
        `could not be written: ${where} holds a tab or a line end (${JSON.stringify(cell.slice(0, 60))}), which a TSV file cannot hold.`,
      );
    }
    return cell;
  };
  const { columns, rows } = table;
  // The reader's own rules for headers.
  tableFromCells(columns, [], file);
  const lines = [columns.map((column) => check(column, 'the name of a column'))];
  rows.forEach((row, index) => {
    lines.push(
      columns.map((column) => {
        if (!Object.hasOwn(row, column)) {
          throw new TableError(
            file,
            `could not be written: row ${index + 1} has no cell for column '${column}'.`,
          );
        }
        return check(row[column], `row ${index + 1}, column '${column}',`);
      }),
    );
    if (columns.length === 1 && row[columns[0]] === '') {
      throw new TableError(
        file,
        `could not be written: row ${index + 1} of its only column is empty and would be lost. Write n/a.`,
      );
    }
  });
  if (columns[0].startsWith('\uFEFF')) {
    throw new TableError(file, 'could not be written: its first column begins with a byte order mark.');
  }
  return `${lines.map((cells) => cells.join('\t')).join('\n')}\n`;
}
