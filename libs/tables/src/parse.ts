import { dialectOf } from './dialect.ts';
import { type Dialect, type Rec, recordsOf } from './records.ts';
import { checkHeader, type Table, TableError } from './table.ts';

/** So many records are read between two looks at the rest of the world. */
const recordsInStep = 20_000;

/**
 * Reads a table in steps, so that a large one does not make the program deaf. Lines without any cell at the end of the
 * table are no rows.
 *
 * A column without a name is passed over where it is empty, or the first and holds the numbers of rows.
 *
 * @throws TableError for ragged lines and missing or repeated names of columns, with the line.
 */
export function* parseInSteps(text: string, dialect: Dialect, file: string): Generator<undefined, Table> {
  const records = recordsOf(text, dialect, file);
  const header: Rec | undefined = records.next().value;
  if (header === undefined || isEmpty(header))
    throw new TableError(file, 'is empty. A header line with the names of the columns was expected.');
  const named = [...header.cells.keys()].filter((index) => header.cells[index] !== '');
  const nameless = [...header.cells.keys()].filter((index) => header.cells[index] === '');
  const columns = named.map((index) => header.cells[index]);
  checkHeader(columns, file);
  // Copies of one object: all rows then share how they lie in memory.
  const model: Readonly<Record<string, string>> = Object.fromEntries(columns.map((name) => [name, '']));
  const rows: Record<string, string>[] = [];
  const add = ({ line, cells }: Rec): void => {
    if (cells.length !== header.cells.length)
      throw new TableError(
        file,
        `has ${cells.length} cells in line ${line} where its first line names ${header.cells.length} columns. Correct that line.`,
      );
    for (const index of nameless) {
      // R and pandas write the numbers of rows into a first column without a name; Excel leaves empty columns behind.
      if (cells[index] === '' || (index === 0 && /^\d+$/.test(cells[0]))) continue;
      throw new TableError(
        file,
        `has no name for column ${index + 1} in its first line, but values in it ('${cells[index].slice(0, 40)}' in line ${line}). Name every column.`,
      );
    }
    const row = { ...model };
    for (let index = 0; index < named.length; index += 1) row[columns[index]] = cells[named[index]];
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
