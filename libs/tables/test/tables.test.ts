import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@oinr/errors';
import test from 'ava';
import fc from 'fast-check';
import { parseCsv } from '../src/csv.ts';
import { parseNumber, parseTsv, readTable, type Table, TableError, tableOf, writeTsv } from '../src/index.ts';
import { formatNumber } from '../src/table.ts';
import { formatTsv } from '../src/tsv.ts';

const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\t\n\r\uFEFF]/g, ' '));
const columnNames = fc.uniqueArray(
  cell.filter((name) => name !== ''),
  { minLength: 2, maxLength: 5 },
);
const anyTable: fc.Arbitrary<Table> = columnNames.chain((columns) =>
  fc.array(fc.array(cell, { minLength: columns.length, maxLength: columns.length })).map((rows) => ({
    columns,
    rows: rows.map((cells) => Object.fromEntries(columns.map((name, index) => [name, cells[index]]))),
  })),
);

test('every double survives the way through text', (t) => {
  fc.assert(
    fc.property(fc.double(), (value) => Object.is(parseNumber(formatNumber(value)), value)),
    {
      numRuns: 2000,
    },
  );
  for (const value of [5e-324, Number.MAX_VALUE, 0.1 + 0.2, -0, 2 ** 53 - 1, 1e21, 1e-7]) {
    t.is(parseNumber(formatNumber(value)), value);
  }
  t.is(formatNumber(undefined), 'n/a');
});

test('text is not read as a number, and missing is not 0', (t) => {
  t.is(parseNumber('n/a'), undefined);
  t.is(parseNumber(' '), undefined);
  t.is(parseNumber(' +1.5E-3 '), 0.0015);
  t.is(parseNumber('-Inf'), -Infinity);
  for (const text of ['0x10', '1,5', '12 mm', 'true', '1e', '--1', 'toString', '.', '1_000']) {
    t.throws(() => parseNumber(text), { instanceOf: InputError, message: /is not a number/ });
  }
});

test('a table survives the way through TSV', (t) => {
  fc.assert(
    fc.property(anyTable, (table) => {
      t.deepEqual(parseTsv(formatTsv(table, 'x'), 'x'), table);
    }),
    { numRuns: 200 },
  );
});

test('byte order mark, CRLF and empty lines at the end are accepted', (t) => {
  const expected = { columns: ['participant_id', 'group'], rows: [{ participant_id: 'sub-01', group: '' }] };
  t.deepEqual(parseTsv('\uFEFFparticipant_id\tgroup\r\nsub-01\t\r\n\r\n', 'x'), expected);
  t.deepEqual(parseCsv('\uFEFFparticipant_id,group\r\nsub-01,\r\n\r\n', 'x'), expected);
  t.deepEqual(parseCsv('"participant_id",group\nsub-01,""', 'x'), expected);
});

test('a quote in a TSV is text, in a CSV it quotes', (t) => {
  t.is(parseTsv('a\tb\n"x"\t1\n', 'x').rows[0].a, '"x"');
  const csv = parseCsv('a,b\n"one, ""two""\r\nthree",4\n5,6\n', 'x');
  t.deepEqual(csv.rows, [
    { a: 'one, "two"\r\nthree', b: '4' },
    { a: '5', b: '6' },
  ]);
});

test('what cannot be read rightly is refused with its line', (t) => {
  const refused: readonly (readonly [() => unknown, RegExp])[] = [
    [
      () => parseTsv('a\tb\n1\t2\n3\n', 'p.tsv'),
      /^p\.tsv has 1 cells in line 3 where its first line names 2/,
    ],
    [() => parseTsv('a\tb\n\n1\t2\n', 'p.tsv'), /line 2/],
    [() => parseTsv('a\tb\ta\n', 'p.tsv'), /two columns named 'a' \(1 and 3\)/],
    [() => parseTsv('a\t\n', 'p.tsv'), /no name for column 2/],
    [() => parseTsv('', 'p.tsv'), /is empty/],
    [() => parseTsv('\n\n', 'p.tsv'), /is empty/],
    // The quoted line end is counted, so the ragged record is said to begin in line 4.
    [() => parseCsv('a,b\n"x\ny",1\n2\n', 'p.csv'), /1 cells in line 4/],
    [() => parseCsv('a,b\n1,"2\n', 'p.csv'), /opens in line 2 and never closes/],
    [() => parseCsv('a,b\n"1"x,2\n', 'p.csv'), /after a closing quote in line 2/],
  ];
  for (const [act, message] of refused) t.throws(act, { instanceOf: TableError, message });
});

test('what a TSV cannot hold is not written', (t) => {
  const write = (columns: string[], row: Record<string, string>) => () =>
    formatTsv({ columns, rows: [row] }, 'o.tsv');
  t.throws(write(['a'], { a: 'x\ty' }), { instanceOf: TableError, message: /row 1, column 'a',.*tab/ });
  t.throws(write(['a'], { a: 'x\ny' }), { instanceOf: TableError });
  t.throws(write(['a', 'b'], { a: '1' }), { instanceOf: TableError, message: /no cell for column 'b'/ });
  t.throws(write(['a'], { a: '' }), { instanceOf: TableError, message: /would be lost/ });
  t.throws(write(['a', 'a'], { a: '1' }), { instanceOf: TableError });
  t.throws(write(['toString', 'b'], { b: '1' }), { instanceOf: TableError });
});

test('a column may have the name of a property of objects', (t) => {
  const table = parseTsv('__proto__\tconstructor\n1\t2\n', 'x');
  t.deepEqual(Object.entries(table.rows[0]), [
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
  t.is(formatTsv(table, 'x'), '__proto__\tconstructor\n1\t2\n');
});

test('values become cells: numbers exactly, missing ones n/a', (t) => {
  t.deepEqual(tableOf(['id', 'x', 'y'], [{ id: 'a', x: 0.1 + 0.2 }]).rows, [
    { id: 'a', x: '0.30000000000000004', y: 'n/a' },
  ]);
});

test('files are read by suffix and written whole', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tables-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const table = { columns: ['a', 'b'], rows: [{ a: '1', b: 'x,y' }] };
  await writeTsv(join(folder, 'deep', 'o.tsv'), table);
  t.deepEqual(await readTable(join(folder, 'deep', 'o.tsv')), table);
  t.deepEqual(await readdir(join(folder, 'deep')), ['o.tsv']);
  await writeFile(join(folder, 'o.csv'), 'a,b\n1,"x,y"\n');
  t.deepEqual(await readTable(join(folder, 'o.csv')), table);
  await t.throwsAsync(writeTsv(join(folder, 'o.csv', 'x.tsv'), table), { message: /could not be written/ });
  await t.throwsAsync(readTable(join(folder, 'none.tsv')), {
    instanceOf: TableError,
    message: /does not exist/,
  });
  await t.throwsAsync(readTable(folder), { instanceOf: TableError, message: /is a folder/ });
  await writeFile(join(folder, 'latin1.tsv'), Buffer.from([0x61, 0x0a, 0xe9, 0x0a]));
  await t.throwsAsync(readTable(join(folder, 'latin1.tsv')), { instanceOf: TableError, message: /UTF-8/ });
  t.is(await readFile(join(folder, 'deep', 'o.tsv'), 'utf8'), 'a\tb\n1\tx,y\n');
});
