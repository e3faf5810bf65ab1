import { dialectOf } from './dialect.ts';
import { type Dialect, type Rec, recordsOf } from './records.ts';
import { checkHeader, type Table, TableError } from './table.ts';

/** So many records are read between two looks at the rest of the world. */
const recordsInStep = 20_000;

/**
 * Reads a table in steps, so that a large one does not make the program deaf. Lines without any cell at the end of the
 * table are no rows.
 *
 * @throws TableError for ragged lines and missing or repeated names of columns, with the line.
 */
export function* parseInSteps(text: string, dialect: Dialect, file: string): Generator<undefined, Table> {
  const records = recordsOf(text, dialect, file);
  const header: Rec | undefined = records.next().value;
  if (header === undefined || (isEmpty(header) && restIsEmpty(records)))
    throw new TableError(file, 'is empty. A header line with the names of the columns was expected.');
  const columns = header.cells;
  checkHeader(columns, file);
  // Copies of one object: all rows then share how they lie in memory.
  const model: Readonly<Record<string, string>> = Object.fromEntries(columns.map((name) => [name, '']));
  const rows: Record<string, string>[] = [];
  const add = ({ line, cells }: Rec): void => {
    if (cells.length !== columns.length)
      throw new TableError(
        file,
        `has ${cells.length} cells in line ${line} where its first line names ${columns.length} columns. Correct that line.`,
      );
    const row = { ...model };
    for (let index = 0; index < cells.length; index += 1) row[columns[index]] = cells[index];
    rows.push(row);
  };
  let empty: Rec[] = [];
  let read = 0;
  for (const record of records) {
    read += 1;
    if (read % recordsInStep === 0) yield;
    if (isEmpty(record)) empty.push(record);
    else {
      for (const one of empty) add(one);
      empty = [];
      add(record);
    }
  }
  return { columns, rows };
}

const isEmpty = ({ cells }: Rec): boolean => cells.every((cell) => cell === '');

function restIsEmpty(records: Iterable<Rec>): boolean {
  for (const record of records) if (!isEmpty(record)) return false;
  return true;
}

function finish<Result>(steps: Iterator<unknown, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Reads tab-separated values as BIDS defines them and `formatTsv` writes them: a header line, no quoting. Cells lose the
 * blanks at their ends.
 *
 * @throws TableError as `parseInSteps`.
 */
export function parseTsv(text: string, file: string): Table {
  return finish(parseInSteps(text.replace(/^\uFEFF/, ''), { separator: '\t', hasQuotes: false }, file));
}

/** Reads a table that a person made, in steps; see `dialectOf` for what it may be. @throws TableError. */
export function parseTableInSteps(text: string, file: string): Generator<undefined, Table> {
  const found = dialectOf(text.replace(/^\uFEFF/, ''), file);
  return parseInSteps(found.text, found.dialect, file);
}

/** The same in one go. */
export function parseTable(text: string, file: string): Table {
  return finish(parseTableInSteps(text, file));
}
