import { TableError } from './table.ts';

/** How the text of a table is cut into cells. */
export interface Dialect {
  readonly separator: string;
  /** Whether quotes around a cell are quotes (RFC 4180) or a part of the text (BIDS). */
  readonly hasQuotes: boolean;
}

/** A line of cells (of several lines, where a quoted cell holds line ends). */
export interface Rec {
  /** Counts from 1. */
  readonly line: number;
  readonly cells: string[];
}

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;
const blank = 32;

/**
 * The records of a table, header first, each cell cleaned (see `cleanCell`). Lines end in LF, CRLF or CR.
 *
 * @throws TableError with the line of a quote that never closes, or of text after a closing quote.
 */
export function* recordsOf(text: string, { separator, hasQuotes }: Dialect, file: string): Generator<Rec> {
  const separates = separator.charCodeAt(0);
  const isEnd = (code: number): boolean =>
    code === separates || code === lineFeed || code === carriageReturn || Number.isNaN(code);
  let position = 0;
  let line = 1;

  /** Reads a quoted cell; `position` stands after the opening quote, and afterwards behind the closing one. */
  const quoted = (): string => {
    const opened = line;
    let cell = '';
    for (;;) {
      const end = text.indexOf('"', position);
      if (end < 0)
        throw new TableError(file, `has a quote that opens in line ${opened} and never closes. Close it.`);
      const part = text.slice(position, end);
      line += part.match(/\r\n|\n|\r/g)?.length ?? 0;
      cell += part;
      position = end + 1;
      if (text.charCodeAt(position) !== quote) break;
      cell += '"';
      position += 1;
    }
    while (text.charCodeAt(position) === blank) position += 1;
    if (!isEnd(text.charCodeAt(position)))
      throw new TableError(
        file,
        `has text after a closing quote in line ${line}. Double the quotes inside a quoted cell.`,
      );
    return cell;
  };

  while (position < text.length) {
    const record: Rec = { line, cells: [] };
    for (;;) {
      const start = position;
      if (hasQuotes) while (text.charCodeAt(position) === blank) position += 1;
      if (hasQuotes && text.charCodeAt(position) === quote) {
        position += 1;
        record.cells.push(cleanCell(quoted()));
      } else {
        while (!isEnd(text.charCodeAt(position))) position += 1;
        record.cells.push(cleanCell(text.slice(start, position)));
      }
      if (text.charCodeAt(position) !== separates) break;
      position += 1;
    }
    if (text.charCodeAt(position) === carriageReturn) position += 1;
    if (text.charCodeAt(position) === lineFeed) position += 1;
    line += 1;
    yield record;
  }
}

// Blanks of every width, byte-order marks, and the signs of no width that spreadsheets and web pages leave.
const edges = /^[\s\u200B-\u200D\u2060]+|[\s\u200B-\u200D\u2060]+$/g;

/** A cell without blanks at its ends; no-break spaces inside, which nobody can see or type, are blanks. */
export function cleanCell(cell: string): string {
  if (cell === '') return cell;
  const isPlain = (code: number): boolean => code > blank && code < 0x7f;
  const isClean = isPlain(cell.charCodeAt(0)) && isPlain(cell.charCodeAt(cell.length - 1));
  const cut = isClean ? cell : cell.replace(edges, '');
  return cut.includes('\u00A0') ? cut.replaceAll('\u00A0', ' ') : cut;
}
