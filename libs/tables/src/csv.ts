import { type Table, TableError, tableFromCells } from './table.ts';

/**
 * Reads comma-separated values with quotes as RFC 4180 defines them: quoted cells may hold commas, line ends
 * and doubled quotes. A byte order mark, LF or CRLF line ends and empty lines at the end are accepted. Throws
 * TableError with the line at fault for open quotes, text after a closing quote, ragged lines, and missing or
 * repeated column names.
 */
export function parseCsv(text: string, file: string): Table {
  const source = text.replace(/^\uFEFF/, '');
  const records: { line: number; cells: string[] }[] = [];
  let position = 0;
  let line = 1;

  /** Reads a quoted cell; `position` stands after the opening quote. */
  const quoted = (): string => {
    const opened = line;
    let cell = '';
    for (;;) {
      const end = source.indexOf('"', position);
      if (end < 0) {
        throw new TableError(file, `has a quote that opens in line ${opened} and never closes. Close it.`);
      }
      const part = source.slice(position, end);
      line += part.match(/\r\n|\n|\r/g)?.length ?? 0;
      cell += part;
      position = end + 1;
      if (source[position] !== '"') return cell;
      cell += '"';
      position++;
    }
  };

  const unquoted = (): string => {
    const start = position;
    while (position < source.length && !',\n\r'.includes(source[position])) position++;
    return source.slice(start, position);
  };

  while (position < source.length) {
    const record = { line, cells: [] as string[] };
    for (;;) {
      if (source[position] === '"') {
        position++;
        record.cells.push(quoted());
        if (position < source.length && !',\n\r'.includes(source[position])) {
          throw new TableError(
            file,
            `has text after a closing quote in line ${line}. Double the quotes inside a quoted cell.`,
          );
        }
      } else record.cells.push(unquoted());
      if (source[position] !== ',') break;
      position++;
    }
    if (source[position] === '\r') position++;
    if (source[position] === '\n') position++;
    line++;
    records.push(record);
  }
  const isEmpty = (record: { cells: string[] }) => record.cells.length === 1 && record.cells[0] === '';
  while (records.length > 0 && isEmpty(records[records.length - 1])) records.pop();
  if (records.length === 0) {
    throw new TableError(file, 'is empty. A header line with the names of the columns was expected.');
  }
  return tableFromCells(records[0].cells, records.slice(1), file);
}
