import { InputError } from '@oinr/errors';
import test from 'ava';
import { groupRows, momentsOf, parseTsv, showTable } from '../src/index.ts';
import { plainTable, rowsByKey } from '../src/plainTable.ts';

const people = parseTsv(
  [
    'participant_id\tgroup\tage\tsex\tmse',
    'sub-01\tCN\t70\tf\t0.1',
    'sub-02\tAD\t81\tm\t0.2',
    'sub-03\tCN\tn/a\tf\t0.1',
    'sub-04\tAD\t77\tf\t0.4',
    'sub-05\tCN\t75\tm\t0.1',
    '',
  ].join('\n'),
  'people',
);

test('keys with hyphens are not mixed up, and groups come as they first appear', async (t) => {
  const table = parseTsv('a\tb\nx-y\tz\nx\ty-z\n10\t2\n9\t1\nx-y\tz\n', 't');
  const groups = await groupRows(table, ['a', 'b']);
  t.deepEqual(
    groups.map(({ keys, rows }) => [...keys, rows.length]),
    [
      ['x-y', 'z', 2],
      ['x', 'y-z', 1],
      ['10', '2', 1],
      ['9', '1', 1],
    ],
  );
});

test('all rows are shown, however many', async (t) => {
  const rows = Array.from({ length: 40 }, (_, index) => ({ id: `row${index}.`, value: String(index / 3) }));
  const text = await showTable({ columns: ['id', 'value'], rows });
  for (const { id } of rows) t.true(text.includes(id));
  t.regex(await showTable({ columns: ['id'], rows: [] }), /no rows/);
});

test('without danfojs rows fall into the same groups, and tables show the same cells', async (t) => {
  const keys = people.rows.map(({ group }) => group);
  t.deepEqual(
    [...rowsByKey(keys)].map(([key, rows]) => [key, rows.map((row) => people.rows[row].participant_id)]),
    (await groupRows(people, ['group'])).map(({ keys: [key], rows }) => [
      key,
      rows.map((row) => row.participant_id),
    ]),
  );
  t.is(
    plainTable({ columns: ['id', 'value'], rows: [{ id: 'sub-01', value: '1' }] }),
    'id      value\n------  -----\nsub-01  1\n',
  );
});

test('moments of none, one and infinite values', (t) => {
  t.deepEqual(momentsOf(['n/a', '']), { count: 0, mean: undefined, deviation: undefined });
  t.deepEqual(momentsOf(['3']), { count: 1, mean: 3, deviation: undefined });
  t.is(momentsOf(['Infinity', '3']).mean, Infinity);
  t.is(momentsOf(['3', 'Infinity']).mean, Infinity);
  t.deepEqual(momentsOf(['1', '2', '3', '4']), { count: 4, mean: 2.5, deviation: Math.sqrt(5 / 3) });
});

test('a column that is not there is named', async (t) => {
  await t.throwsAsync(groupRows(people, ['grp']), {
    instanceOf: InputError,
    message: /no column 'grp'.*'group'/,
  });
});
