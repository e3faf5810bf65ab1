import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { RequestError } from '../src/errors.ts';
import { readParticipants } from '../src/participants.ts';

const rows = [
  ['1', 'AD', 'full', 'A'],
  ['2', 'CN', 'full', 'A'],
  ['3', 'AD', 'full', 'B'],
  ['4', 'CN', 'full', 'B'],
  ['5', 'AD', 'imputed', 'A'],
  ['6', 'CN', 'imputed', 'A'],
  ['7', 'CN', 'imputed', 'A'],
  ['8', 'AD', 'imputed', 'B'],
  ['9', 'MCI', 'imputed', 'B'],
];

async function people(
  kinds: string[],
  more: {
    blocks?: string;
    table?: readonly (readonly string[])[];
    variance?: 'pooled' | 'by-kind';
    statistic?: 'student' | 'welch';
  } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-kinds-'));
  const { blocks, table = rows, variance, statistic } = more;
  const participants = join(folder, 'p.tsv');
  const text = [['participant_id', 'group', 'resolution', 'site'], ...table].map((cells) => cells.join('\t'));
  writeFileSync(participants, `${text.join('\n')}\n`);
  const groups = ['AD', 'CN'];
  try {
    return await readParticipants({
      participants,
      groups,
      groupColumn: 'group',
      covariates: [],
      kinds,
      blocks,
      variance,
      statistic,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('kinds come of one column or of several, and are told', async (t) => {
  const one = await people(['resolution']);
  t.deepEqual([...(one.design.kinds as Int32Array)], [0, 0, 0, 0, 1, 1, 1, 1]);
  t.is(one.leftOut, 1);
  t.deepEqual(one.notes, [
    'Labels are exchanged within 2 kinds, whose means are in the model (full: 2 AD, 2 CN, imputed: 2 AD, 2 CN).',
  ]);
  const two = await people(['resolution', 'site']);
  // Of the imputed of site B there is one group only.
  t.deepEqual(two.names, ['1', '2', '3', '4', '5', '6', '7']);
  t.deepEqual([...two.design.labels], [1, 0, 1, 0, 1, 0, 0]);
  t.deepEqual([...(two.design.kinds as Int32Array)], [0, 0, 1, 1, 2, 2, 2]);
  t.is(
    two.notes[1],
    '1 of the subjects are left out, since their kinds hold one group only (imputed, B: 1 AD, 0 CN).',
  );
  t.is((await people([])).design.kinds, undefined);
});

test('kinds that are the groups, and rows without a kind, are refused with what to do', async (t) => {
  const confounded = rows.map(([id, group, , site]) => [
    id,
    group,
    group === 'AD' ? 'imputed' : 'full',
    site,
  ]);
  await t.throwsAsync(people(['resolution'], { table: confounded }), {
    instanceOf: RequestError,
    message:
      /Every kind \(resolution; --kinds\) holds subjects of one group only \(.*\), so kinds and groups cannot be told apart/,
  });
  const missing = rows.map((cells, index) => (index === 3 ? ['4', 'CN', 'n/a', 'B'] : cells));
  await t.throwsAsync(people(['resolution'], { table: missing }), {
    message: /no value in column resolution \(--kinds\) for 4\. Every row needs a kind/,
  });
  await t.throwsAsync(people(['scanner']), { message: /has no column scanner \(--kinds\)/ });
  await t.throwsAsync(people(['resolution'], { blocks: 'site' }), {
    message: /name site among the columns of --kinds instead of --blocks/,
  });
});

test('a variance by kind goes into the design; a kind that is too small for it is named as the table names it', async (t) => {
  const ten = Array.from({ length: 20 }, (_, i) => [
    String(i),
    i % 3 === 0 ? 'AD' : 'CN',
    i < 10 ? 'full' : 'imputed',
    'A',
  ]);
  const variance = 'by-kind';
  t.is((await people(['resolution'], { table: ten, variance })).design.variance, 'by-kind');
  await t.throwsAsync(people(['resolution'], { table: ten.slice(1), variance }), {
    instanceOf: RequestError,
    message:
      /--variance by-kind needs 10 subjects of every kind \(resolution; --kinds\), but there are fewer of full: 3 AD, 6 CN/,
  });
  const none = await people([], { table: ten, variance });
  t.is(none.design.variance, undefined);
  t.regex(none.notes[0], /Without --kinds all subjects are of one kind/);
});

test('Welch compares subjects of one kind', async (t) => {
  await t.throwsAsync(people(['resolution'], { statistic: 'welch' }), {
    instanceOf: RequestError,
    message: /--statistic welch compares subjects of one kind, but by --kinds resolution there are 2/,
  });
  const { design } = await people(['resolution'], { statistic: 'welch', table: rows.slice(0, 4) });
  t.is(design.statistic, 'welch');
});
