// Tables, names and descriptions as chance makes them: each is read or refused by a sentence, and nobody is lost.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@oinr/errors';
import { isMissing, readTable } from '@oinr/tables';
import test from 'ava';
import fc from 'fast-check';
import { parseDescription } from '../src/description.ts';
import { type Cohort, openCohort } from '../src/index.ts';
import { tree } from './trees.ts';

const runs = Number(process.env.OINR_MUTATIONS ?? 500);
const seed = Number(process.env.OINR_MUTATION_SEED ?? 20261128);

const bids = parseDescription(
  'layout: bids\nname: x\ndescription: y\ngroups: {column: [group], required: false}\n',
  'own.yaml',
);
const table = parseDescription(
  'layout: table\nname: x\ndescription: y\ntable: p.csv\ngroups: {column: [group]}\n',
  'own.yaml',
);

/** What the code gives, or its sentence; anything else that is thrown is a fault. */
async function orSentence<Result>(work: () => Promise<Result> | Result): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!/^\S.*[.)]$/s.test(error.message.trim())) throw new Error(`No sentence: ${error.message}`);
    return undefined;
  }
}

const names = (cohort: Cohort): string =>
  [...cohort.subjects.map(({ id }) => `sub-${id}`), ...cohort.excluded.map(({ what }) => what)].join('\n');

const valid = [
  'participant_id\tgroup\tage',
  'sub-01\tCN\t70.5',
  'sub-02\tAD\t71',
  '03\tCN \tn/a',
  'sub-gone\tAD\t64',
].join('\n');

/** Some changes at chance places of a text: pieces taken out, doubled, or put in. */
const mutated = (text: string, pieces: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.record({
        at: fc.nat({ max: text.length }),
        cut: fc.nat({ max: 3 }),
        put: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })),
      }),
      { minLength: 1, maxLength: 2 },
    )
    .map((changes) =>
      changes.reduce((one, { at, cut, put }) => one.slice(0, at) + put + one.slice(at + cut), text),
    );

const cells = [
  '\t',
  ',',
  ';',
  '"',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\u00A0',
  '\uFEFF',
  '\0',
  'NA',
  '#N/A',
  'sub-',
  '../x',
];

test('mutated tables of participants: every row and every folder is a subject or an exclusion', async (t) => {
  const images = ['01', '02', '03'].map((id) => [`sub-${id}/anat/sub-${id}_T1w.nii.gz`, ''] as const);
  const root = await tree(t, Object.fromEntries(images));
  const file = join(root, 'participants.tsv');
  let read = 0;
  await fc.assert(
    fc.asyncProperty(mutated(valid, cells), async (text) => {
      await writeFile(file, text);
      const cohort = await orSentence(() => openCohort(bids, { root, environment: {} }));
      if (cohort === undefined) return;
      read += 1;
      const told = names(cohort);
      for (const id of ['01', '02', '03']) t.true(told.includes(`sub-${id}`), JSON.stringify(text));
      const { rows } = await readTable(file);
      for (const [index, row] of rows.entries()) {
        const name = row.participant_id.replace(/^(sub-)?/, 'sub-');
        const what = isMissing(row.participant_id) ? `row ${index + 1} of` : name;
        if (!told.includes(what)) throw new Error(`${what} is lost: ${JSON.stringify([text, told])}`);
      }
    }),
    { numRuns: runs, seed },
  );
  t.true(read > runs / 5, `${read} of ${runs} could be read`);
});

test('mutated tables of images: every row is a subject or an exclusion', async (t) => {
  const root = await tree(t, { 'a.nii': '', 'b.nii': '', 'c d.nii': '' });
  const text = 'participant_id,image,group\ns1,a.nii,CN\ns2,b.nii,AD\ns3,"c d.nii",CN\ns4,,AD\n';
  const file = join(root, 'p.csv');
  await fc.assert(
    fc.asyncProperty(mutated(text, [...cells, 'a.nii', '/etc', '..']), async (changed) => {
      await writeFile(file, changed);
      const cohort = await orSentence(() => openCohort(table, { root, environment: {} }));
      if (cohort === undefined) return;
      const { rows } = await readTable(file);
      const ids = new Set(cohort.subjects.map(({ id }) => id));
      const told = cohort.excluded.map(({ what }) => what).join('\n');
      for (const [index, { participant_id: id }] of rows.entries()) {
        const isUsed = ids.has(id.replace(/^sub-/, '').replace(/[_. -]/g, ''));
        const isTold =
          told.includes(`(row ${index + 1} of `) || told.includes(id) || told.includes(JSON.stringify(id));
        if (!isUsed && !isTold)
          throw new Error(`row ${index + 1} is lost: ${JSON.stringify([changed, told])}`);
      }
    }),
    { numRuns: runs, seed },
  );
  t.pass();
});

test('folders and files with names as chance makes them: all that begin with sub- are used or named', async (t) => {
  const part = fc.constantFrom(
    ...[
      'sub-',
      'sub_',
      'Sub-',
      '01',
      'a',
      'A',
      '_',
      '-',
      '.',
      ' ',
      '\u00fc',
      '\n',
      "'",
      'ses-1',
      '_T1w',
      '~',
      '\u00A0',
    ],
  );
  const name = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(''))
    .filter((one) => !/^\.{0,2}$/.test(one));
  const folder = fc.record({
    name: fc.oneof(
      name,
      name.map((one) => `sub-${one}`),
    ),
    place: fc.constantFrom('anat', 'ses-1/anat', '', '.git', '__MACOSX'),
    file: fc.oneof(name, fc.constant(undefined)),
    ending: fc.constantFrom('_T1w.nii', '_T1w.nii.gz', '_T2w.nii', '_T1w.NII.GZ', '.txt'),
    link: fc.constantFrom(undefined, '..', 'gone', '.'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(folder, { minLength: 1, maxLength: 8 }), async (folders) => {
      const root = await mkdtemp(join(tmpdir(), 'cohort-names-'));
      const made = new Set<string>();
      for (const { name: own, place, file, ending, link } of folders) {
        await mkdir(join(root, own, place), { recursive: true });
        await writeFile(join(root, own, place, `${file ?? own}${ending}`), '');
        if (link !== undefined) await symlink(link, join(root, own, 'link')).catch(() => undefined);
        made.add(own);
      }
      try {
        const cohort = await orSentence(() => openCohort(bids, { root, environment: {} }));
        if (cohort === undefined) return;
        const told = names(cohort);
        for (const own of made)
          if (
            /^sub[-_ ]/i.test(own) &&
            !own.endsWith('~') &&
            !told.includes(own.replace(/^sub-(?=[A-Za-z0-9]+$)/, 'sub-'))
          )
            throw new Error(`${JSON.stringify(own)} is lost: ${JSON.stringify([folders, told])}`);
      } finally {
        await rm(root, { recursive: true });
      }
    }),
    { numRuns: Math.ceil(runs / 5), seed },
  );
  t.pass();
});

test('mutated descriptions are read or refused by a sentence that names the file', async (t) => {
  const text = `layout: bids
name: x
description: y
groups: &g
  column: [group, dx]
  labels: {CN: [CN, control], AD: [AD]}
  ignore: [MCI]
image: ['anat/*_T1w.nii']
choose: {session: first, scan: refuse}
exclude: [{subject: sub-01, reason: moved}]
mask: 'masks/{stem}.nii'
`;
  const pieces = [
    '*g',
    '&g ',
    '<<: *g\n',
    '{',
    '[',
    ']',
    ': ',
    '- ',
    '? ',
    '!!binary ',
    '!!set ',
    '|',
    '\t',
    '#',
    '__proto__',
    '"',
    '0x1',
    '~',
    'adni',
    './x.ts',
    '\n\n---\n',
  ];
  await fc.assert(
    fc.asyncProperty(mutated(text, pieces), async (changed) => {
      try {
        parseDescription(changed, 'own.yaml');
      } catch (error) {
        if (!(error instanceof UserError) || !error.message.startsWith('own.yaml ')) throw error;
      }
    }),
    { numRuns: 2 * runs, seed },
  );
  t.pass();
});
