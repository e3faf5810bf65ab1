import { checkHeader, type Table, TableError } from './table.ts';

/**
 * Writes tab-separated values: the same table gives the same text, and `parseTsv` gives the same table back, but for
 * blanks at the ends of cells. Throws TableError for what tab-separated values cannot hold: tabs and line ends in a cell, a row without a
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
  // The reader's own rule.
  checkHeader(columns, file);
  const lines = [columns.map((column) => check(column, 'the name of a column')).join('\t')];
  rows.forEach((row, index) => {
    const cells = columns.map((column) => {
      if (!Object.hasOwn(row, column)) {
        throw new TableError(
          file,
          `could not be written: row ${index + 1} has no cell for column '${column}'.`,
        );
      }
      return check(row[column], `row ${index + 1}, column '${column}',`);
    });
    if (cells.every((cell) => cell === '')) {
      throw new TableError(
        file,
        `could not be written: row ${index + 1} has no cell that is not empty and would be lost. Write n/a.`,
      );
    }
    lines.push(cells.join('\t'));
  });
  if (columns[0].startsWith('\uFEFF')) {
    throw new TableError(file, 'could not be written: its first column begins with a byte order mark.');
  }
  return `${lines.join('\n')}\n`;
}
