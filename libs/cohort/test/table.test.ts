import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TableError } from '@oinr/tables';
import test from 'ava';
import { CohortError } from '../src/errors.ts';
import { excluded, open, people, tree, tsv } from './trees.ts';

const yaml = `
layout: table
name: x
description: y
groups: {column: dx, labels: {CN: CN, AD: AD}}
`;

test('paths are relative to the table, or absolute', async (t) => {
  const root = await tree(t, { 'scans/a.nii': '', 'scans/b.nii.gz': '', 'tables/none': '' });
  const rows = tsv(
    'participant_id dx image age',
    'a CN ../scans/a.nii 70',
    `b AD ${join(root, 'scans/b.nii.gz')} n/a`,
  );
  await writeFile(join(root, 'tables/participants.tsv'), rows);
  for (const place of ['tables', 'tables/participants.tsv']) {
    const cohort = await open(yaml, join(root, place));
    t.deepEqual(people(cohort), ['a CN', 'b AD']);
    t.deepEqual(
      cohort.subjects.map(({ image }) => image),
      [join(root, 'scans/a.nii'), join(root, 'scans/b.nii.gz')],
    );
    t.deepEqual(cohort.subjects[1].columns, { dx: 'AD', age: 'n/a' });
  }
});

test('CSV, columns of other names, and masks', async (t) => {
  const root = await tree(t, {
    'list.csv': 'id,"T1, path",mask\n"s 1",a.nii,m.nii\ns2,b.nii,gone.nii\n',
    'a.nii': '',
    'b.nii': '',
    'm.nii': '',
  });
  const cohort = await open(
    "layout: table\nname: x\ndescription: y\ntable: list.csv\nid_column: id\nimage_column: 'T1, path'\nmask_column: mask\n",
    root,
  );
  t.deepEqual(people(cohort), ['s1 all']);
  t.is(cohort.subjects[0].mask, join(root, 'm.nii'));
  t.regex(excluded(t, cohort, /^s2/).reason, /mask .*gone\.nii, which does not exist/);
});

test('each bad row is reported and does not stop the others', async (t) => {
  const root = await tree(t, {
    'participants.tsv': tsv(
      'participant_id dx image',
      'good CN a.nii',
      'gone CN gone.nii',
      'nopath CN n/a',
      '../up CN b.nii',
      'twice AD c.nii',
      'twice AD d.nii',
      'same AD a.nii',
      ' CN e.nii',
    ),
    ...Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [`${name}.nii`, ''])),
  });
  const cohort = await open(yaml, root);
  t.deepEqual(people(cohort), ['good CN']);
  t.true(cohort.excluded.every(({ isProblem }) => isProblem));
  t.regex(excluded(t, cohort, /^gone/).reason, /gone\.nii, which does not exist/);
  t.regex(excluded(t, cohort, /^nopath/).reason, /no path in column 'image'/);
  t.regex(excluded(t, cohort, /up/).reason, /never a path/);
  t.regex(excluded(t, cohort, /^twice/).reason, /2 scans of one participant/);
  t.regex(excluded(t, cohort, /^same/).reason, /same image as good/);
  t.regex(excluded(t, cohort, /^\(no id\) \(row 8/).reason, /whose the image is/);
});

test('a missing table or column is one error', async (t) => {
  const root = await tree(t, { 'participants.tsv': tsv('participant_id image', 'a a.nii') });
  await t.throwsAsync(open(yaml, root), {
    instanceOf: CohortError,
    message: /no column 'dx' for the groups/,
  });
  await t.throwsAsync(open(yaml, join(root, '..', 'none')), { message: /is not a folder/ });
  const empty = await tree(t, { 'x.txt': '' });
  await t.throwsAsync(open(yaml, empty), {
    instanceOf: TableError,
    message: /participants\.tsv does not exist/,
  });
});
