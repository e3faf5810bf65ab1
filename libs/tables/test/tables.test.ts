import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '@oinr/errors';
import test from 'ava';
import fc from 'fast-check';
import {
  isMissing,
  parseNumber,
  parseTsv,
  readTable,
  type Table,
  TableError,
  tableOf,
  writeTsv,
} from '../src/index.ts';
import { parseTable } from '../src/parse.ts';
import { cleanCell } from '../src/records.ts';
import { formatNumber } from '../src/table.ts';
import { formatTsv } from '../src/tsv.ts';

const cell = fc.string({ unit: 'grapheme' }).map((text) => cleanCell(text.replace(/[\t\n\r\uFEFF]/g, ' ')));
const isRow = (cells: readonly string[]): boolean => cells.some((text) => text !== '');
const columnNames = fc.uniqueArray(
  cell.filter((name) => name !== ''),
  { minLength: 2, maxLength: 5 },
);
const anyTable: fc.Arbitrary<Table> = columnNames.chain((columns) =>
  fc
    .array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }).filter(isRow))
    .map((rows) => ({
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
  t.deepEqual(parseTable('\uFEFFparticipant_id,group\r\nsub-01,\r\n\r\n', 'x'), expected);
  t.deepEqual(parseTable('"participant_id",group\nsub-01,""', 'x'), expected);
});

test('a quote in a TSV is text, in a CSV it quotes', (t) => {
  t.is(parseTsv('a\tb\n"x"\t1\n', 'x').rows[0].a, '"x"');
  const csv = parseTable('a,b\n"one, ""two""\r\nthree",4\n5,6\n', 'x');
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
    [() => parseTsv('a\t\n1\t2\n', 'p.tsv'), /no name for column 2 .* \('2' in line 2\)/],
    [() => parseTsv('\ta\nx\t2\n', 'p.tsv'), /no name for column 1 .* \('x' in line 2\)/],
    [() => parseTsv('', 'p.tsv'), /is empty/],
    [() => parseTsv('\n\n', 'p.tsv'), /is empty/],
    // The quoted line end is counted, so the ragged record is said to begin in line 4.
    [() => parseTable('a,b\n"x\ny",1\n2\n', 'p.csv'), /1 cells in line 4/],
    [() => parseTable('a,b\n1,"2\n', 'p.csv'), /opens in line 2 and never closes/],
    [() => parseTable('a,b\n"1"x,2\n', 'p.csv'), /after a closing quote in line 2/],
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

/** What a person would see of a table: header, then the cells of every row. */
const seen = (text: string, file = 'p.tsv'): string[][] => {
  const { columns, rows } = parseTable(text, file);
  return [[...columns], ...rows.map((row) => columns.map((column) => row[column]))];
};
const people = [
  ['participant_id', 'group', 'age'],
  ['sub-01', 'AD patient', '70.5'],
  ['sub-02', 'CN', '71'],
];
const written = (separator: string, quote = '', end = '\n'): string =>
  people.map((cells) => cells.map((text) => `${quote}${text}${quote}`).join(separator) + end).join('');

test('one table, however spreadsheets and statistics programs write it', (t) => {
  for (const file of ['p.tsv', 'p.csv', 'p.txt'])
    for (const text of [
      written('\t'),
      written(','),
      written(';'),
      // R quotes every cell, old Macs end lines in CR, Excel says the separator, blanks are left at ends.
      written('\t', '"'),
      written(',', '"', '\r'),
      `sep=;\r\n${written(';', '', '\r\n')}`,
      written('\t').replaceAll('\t', ' \t\u00A0').replaceAll('\n', '\u00A0 \r\n'),
      written(',', '"').replaceAll(',', ' , '),
      `\uFEFF${written(',')}`,
      // Rows without a cell at the end, as spreadsheets leave them.
      `${written(',')},,\n , ,\n\n`,
    ])
      t.deepEqual(seen(text, file), people, JSON.stringify([file, text]));
  t.is(seen('a,b\nAD\u00A0patient,1\n')[1][0], 'AD patient');
});

test('a separator is told by two lines: names may hold the others', (t) => {
  t.deepEqual(seen('id;volume, ml\ns1;1.5\n', 'p.csv')[0], ['id', 'volume, ml']);
  t.deepEqual(seen('id,notes; free\ns1,x\n', 'p.csv')[0], ['id', 'notes; free']);
  t.deepEqual(seen('id\tage, sex; site\ns1\tx\n', 'p.csv')[0], ['id', 'age, sex; site']);
  t.deepEqual(seen('"a;b;c",d\n1,2\n', 'p.csv')[0], ['a;b;c', 'd']);
  t.throws(() => seen('id group\nsub-01  CN\n'), {
    instanceOf: TableError,
    message: /^p\.tsv seems to be separated by blanks: its first line is "id group"\. Separate/,
  });
  t.throws(() => seen('id|group\nsub-01|CN\n'), { message: /separated by bars/ });
  // Blanks alone do not make columns.
  t.deepEqual(seen('full name\nsub-01\n'), [['full name'], ['sub-01']]);
});

test('names of columns lose their blanks too, and then are compared', (t) => {
  t.deepEqual(seen(' participant_id ,\u00A0group\u200B\nx,y\n')[0], ['participant_id', 'group']);
  t.throws(() => seen('a,a \n1,2\n'), { message: /two columns named 'a'/ });
});

test('numbers of rows without a name, as R and pandas write them, and empty columns, as Excel leaves them, are passed over', (t) => {
  const plain = parseTable('a,b\nx,1\ny,2\n', 'p.csv');
  t.deepEqual(parseTable('"","a","b"\n"1","x",1\n"2","y",2\n', 'p.csv'), plain);
  t.deepEqual(parseTable(',a,b\n0,x,1\n1,y,2\n', 'p.csv'), plain);
  t.deepEqual(parseTable('a,b,,\nx,1,,\ny,2,,\n', 'p.csv'), plain);
});

test('missing is what R, pandas, Excel and BIDS call missing, and no name of a group', (t) => {
  for (const word of [
    '',
    ' ',
    'n/a',
    'N/A',
    'N/a',
    'NA',
    'NaN',
    'nan',
    'null',
    'NULL',
    'None',
    '<NA>',
    '#N/A',
  ])
    t.true(isMissing(word), word);
  for (const word of ['#N/A N/A', '#DIV/0!', 'NaT', ' NA ', undefined]) t.true(isMissing(word), word);
  for (const word of ['none', '0', '-', 'Na', 'unknown', 'NAD', 'x'.repeat(100)])
    t.false(isMissing(word), word);
  for (const word of ['NA', 'None', '#N/A', '<NA>']) t.is(parseNumber(word), undefined);
  t.is(parseNumber('NaN'), Number.NaN);
});

test('a decimal comma is said to be one', (t) => {
  for (const text of ['1,5', '-71,25', '1.234,5'])
    t.throws(() => parseNumber(text), {
      message: /is not a number; write a decimal point instead of the comma/,
    });
});

test('bytes that are no UTF-8 text are decoded or named', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tables-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'p.tsv');
  const text = '\uFEFFparticipant_id\tgroup\nsub-01\tM\u00fcller\n';
  const little = Buffer.from(text, 'utf16le');
  for (const bytes of [Buffer.from(text), little, Buffer.from(little).swap16()]) {
    await writeFile(path, bytes);
    const { rows } = await readTable(path);
    t.deepEqual(rows, [{ participant_id: 'sub-01', group: 'M\u00fcller' }]);
  }
  for (const [bytes, message] of [
    [little.subarray(2), /p\.tsv holds bytes of zero, so it is no text, or UTF-16/],
    [Buffer.from('PK\x03\x04rest'), /is a zip archive or an Excel workbook/],
    [Buffer.from([0x1f, 0x8b, 8, 0]), /is compressed/],
    [Buffer.from([0x61, 0x0a, 0xe9, 0x0a]), /is not UTF-8 text/],
    [Buffer.from([0xff, 0xfe, 0x61]), /is not UTF-16 text/],
    [Buffer.alloc(0), /is empty/],
  ] as const) {
    await writeFile(path, bytes);
    await t.throwsAsync(readTable(path), { instanceOf: TableError, message });
  }
});

test('while a large table is read, a signal is heard', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tables-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'p.tsv');
  await writeFile(path, `id\tgroup\n${'sub-01\tCN\n'.repeat(200_000)}`);
  const stop = new AbortController();
  const reading = readTable(path, { signal: stop.signal });
  let looks = 0;
  const look = (): void => {
    looks += 1;
    if (looks === 5) stop.abort(new Error('stopped'));
    else if (looks < 5) setImmediate(look);
  };
  setImmediate(look);
  await t.throwsAsync(reading, { message: 'stopped' });
});

test('a table of noise is read or refused by a sentence, and no row of it is lost', (t) => {
  const piece = fc.constantFrom(
    'a',
    'sub-01',
    ' ',
    '\u00A0',
    '\t',
    ',',
    ';',
    '"',
    '\n',
    '\r',
    'n/a',
    '|',
    '1,5',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('p.tsv', 'p.csv'), (pieces, file) => {
      const text = pieces.join('');
      try {
        const { columns, rows } = parseTable(text, file);
        // Whoever is in the text is in a cell or a name.
        const cells = [columns, ...rows.map((row) => Object.values(row))].flat().join('\n');
        t.is(cells.split('sub-01').length, text.split('sub-01').length);
      } catch (error) {
        if (!(error instanceof TableError)) throw error;
        t.true(error.message.startsWith(`${file} `));
      }
    }),
    { numRuns: 3000, seed: 14 },
  );
});
