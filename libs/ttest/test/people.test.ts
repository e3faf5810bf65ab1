import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { RequestError } from '../src/errors.ts';
import { imageFiles } from '../src/imageFiles.ts';
import { readLabelings } from '../src/labelingsFile.ts';
import { readParticipants } from '../src/participants.ts';

function folderOf(t: ExecutionContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'oinr-people-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  for (const [file, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), contents);
  }
  return root;
}

const table = [
  ['participant_id', 'group', 'age', 'sex'],
  ['sub-1', 'AD patient', '70.5', 'F'],
  ['sub-2', 'CN', '71', 'M'],
  ['sub-3', 'AD patient', '64', 'M'],
  ['sub-4', 'CN', '80', 'F'],
  ['sub-5', 'MCI', 'NA', 'F'],
];

async function people(
  t: ExecutionContext,
  text: string | Uint8Array,
  more: { groups?: string[]; covariates?: string[]; blocks?: string; groupColumn?: string } = {},
) {
  const root = folderOf(t, { 'p.csv': text });
  const request = { groups: ['AD patient', 'CN'], groupColumn: 'group', covariates: [], ...more };
  return readParticipants({ participants: join(root, 'p.csv'), ...request });
}

test('the same people come of one table, however it is written', async (t) => {
  const lines = (separator: string, blank = '') =>
    table.map((cells) => cells.map((cell) => `${cell}${blank}`).join(separator)).join('\r\n');
  for (const text of [
    lines('\t'),
    lines(','),
    lines(';'),
    lines(',', ' '),
    lines('\t', '\u00A0'),
    Buffer.from(`\uFEFF${lines('\t')}`, 'utf16le'),
  ]) {
    const { names, labels, leftOut, design } = await people(t, text, { covariates: ['age', 'sex'] });
    t.deepEqual([names.join(), [...labels].join(), leftOut], ['sub-1,sub-2,sub-3,sub-4', '1,0,1,0', 1]);
    t.deepEqual(Array.from(design.covariates?.[0].values ?? []), [70.5, 71, 64, 80]);
  }
});

test('rows and tables without participant_id are named as such where images are matched by it', async (t) => {
  const text = table.map((cells) => cells.join(',')).join('\n');
  await t.throwsAsync(people(t, text.replace('sub-3', 'n/a')), {
    message: /no participant_id in row 3, by which/,
  });
  await t.throwsAsync(people(t, text.replace('participant_id', 'Participant_ID')), {
    message: /has no column participant_id, by which images are matched; it has Participant_ID, group/,
  });
  await t.throwsAsync(people(t, text, { groups: ['CN', ' old', 'AD patient'] }), {
    message: /got 3 \("CN", " old", "AD patient"\); write a comma within a name as \\,/,
  });
});

test('a decimal comma is no number and no level of a text', async (t) => {
  const text = table.map((cells) => cells.join(';').replace('.', ',')).join('\n');
  await t.throwsAsync(people(t, text, { covariates: ['age'] }), {
    instanceOf: RequestError,
    message: /has '70,5' in column age for sub-1: a number with a comma/,
  });
  // Two such numbers are not taken for two levels.
  const two = 'participant_id;group;dose\n1;AD patient;0,5\n2;CN;1,5\n3;CN;0,5\n4;AD patient;1,5\n';
  await t.throwsAsync(people(t, two, { covariates: ['dose'] }), { message: /in column dose for 1/ });
});

test('missing-value words are missing in groups, covariates and blocks', async (t) => {
  for (const word of ['NA', 'NaN', '#N/A', 'None', '<NA>', '']) {
    const text = `participant_id,group,age,site\n1,AD patient,70,${word}\n2,CN,${word},b\n3,CN,71,b\n4,AD patient,3,b\n`;
    await t.throwsAsync(people(t, text, { covariates: ['age'] }), {
      message: /no value in column age for 2/,
    });
    await t.throwsAsync(people(t, text, { blocks: 'site' }), { message: /no value in column site for 1/ });
    await t.throwsAsync(people(t, `participant_id,group\n1,${word}\n`), {
      message: /no value in column group for 1/,
    });
  }
  await t.throwsAsync(
    people(t, table.map((cells) => cells.join(',')).join('\n'), { groups: ['None', 'CN'] }),
    {
      message: /--groups names "None", which in a table says that a value is missing/,
    },
  );
});

test('where a group is not there, the columns that could be groups are listed', async (t) => {
  const text = table.map((cells) => cells.join(',')).join('\n');
  await t.throwsAsync(people(t, text, { groups: ['AD', 'CN'] }), {
    message: /has "AD patient", CN, MCI\..*could be groups: sex \(F, M\)\./s,
  });
  await t.throwsAsync(people(t, text, { groupColumn: 'dx' }), {
    message: /no column dx \(--group-column\); it has participant_id, group, age, sex/,
  });
});

const peopleNamed = (names: readonly string[]) => ({
  table: 'p.tsv',
  columns: [],
  rows: [],
  names,
  labels: new Uint8Array(names.length),
});

test('images are matched by whole names; litter is none, links are', async (t) => {
  const root = folderOf(t, {
    'a/sub-1_T1w.nii.gz': '',
    'a/sub-10_T1w.nii': '',
    'a/._sub-1_T1w.nii.gz': '',
    'a/.trash/sub-1_T1w.nii': '',
    '__MACOSX/a/sub-1_T1w.nii.gz': '',
    'b/10b.nii': '',
    'b/sub-x_1_T1w.NII.GZ': '',
    'b/x-y.nii': '',
    'far/\u00fcber-3.nii': '',
    'far/2.nii': '',
  });
  mkdirSync(join(root, 'images'));
  for (const name of ['a', 'b']) symlinkSync(join(root, name), join(root, 'images', name));
  symlinkSync(join(root, 'far/2.nii'), join(root, 'images', 'sub-2_T1w.nii'));
  symlinkSync(join(root, 'far/\u00fcber-3.nii'), join(root, 'images', '\u00fcber-3.nii'));
  symlinkSync('gone.nii', join(root, 'images', 'sub-4_T1w.nii'));
  const choice = { folder: join(root, 'images'), option: '--images' };
  const names = ['sub-1', '10', 'sub-x_1', 'x-y', '2', '\u00fcber'];
  const found = await imageFiles(choice, peopleNamed(names));
  t.deepEqual(
    found.map((file) => basename(file)),
    [
      'sub-1_T1w.nii.gz',
      'sub-10_T1w.nii',
      'sub-x_1_T1w.NII.GZ',
      'x-y.nii',
      'sub-2_T1w.nii',
      '\u00fcber-3.nii',
    ],
  );
  // A name is not matched within a word, and who has none is counted.
  await t.throwsAsync(imageFiles(choice, peopleNamed(['sub-1', 'sub-', 'b', 'sub-4'])), {
    instanceOf: RequestError,
    message:
      /begins with sub- or .*\(3 participants have none: sub-, b, sub-4\).*link to gone\.nii, which is not there/,
  });
});

test('.nii beside .nii.gz of one scan are two images', async (t) => {
  const root = folderOf(t, { 'sub-1_T1w.nii.gz': '', 'sub-1_T1w.nii': '' });
  await t.throwsAsync(imageFiles({ folder: root, option: '--images' }, peopleNamed(['sub-1'])), {
    message: /holds 2 images of sub-1: .*sub-1_T1w\.nii, .*sub-1_T1w\.nii\.gz/,
  });
});

test('a pattern says which of several images is meant; none and several are sentences', async (t) => {
  const root = folderOf(t, {
    'sub-1/anat/sub-1_desc-oinr66_T1w.nii.gz': '',
    'sub-1/anat/sub-1_desc-linear66_T1w.nii.gz': '',
    'sub-1/anat/sub-1_desc-linear66_T1w.json': '',
    'sub-1/anat/sub-1_space-x_desc-linear66_T1w.nii.gz': '',
    'sub-2/anat/sub-2_desc-linear66_T1w.nii.gz': '',
    'sub-2/anat/sub-2_desc-linear(6)_T1w.nii': '',
  });
  const names = peopleNamed(['sub-1', '2']);
  const found = async (pattern?: string, people = names): Promise<string[]> =>
    (await imageFiles({ folder: root, option: '--images', pattern }, people)).map((file) => basename(file));
  const linear = ['sub-1_desc-linear66_T1w.nii.gz', 'sub-2_desc-linear66_T1w.nii.gz'];
  t.deepEqual(await found('sub-?_desc-linear66_T1w.nii.gz'), linear);
  t.deepEqual(await found('sub-*/**/sub-[0-9]_desc-linear*_T1w.nii.gz'), linear);
  t.deepEqual(await found('**/sub-[!3]_desc-linear66*'), linear);
  // All but the signs of a pattern is itself.
  t.deepEqual(await found('*linear(6)_T1w.nii', peopleNamed(['2'])), ['sub-2_desc-linear(6)_T1w.nii']);
  await t.throwsAsync(found(), {
    message: /holds 3 images of sub-1: .*--pattern '\*_desc-linear66_T1w\.nii\.gz'/,
  });
  await t.throwsAsync(found('*linear66_T1w.nii.gz'), {
    message:
      /holds 2 images of sub-1 that match --pattern "\*linear66_T1w\.nii\.gz".*only one of them matches/,
  });
  await t.throwsAsync(found('*_desc-oinr66_T1w.nii.gz'), {
    message: /holds no .* that matches --pattern .* begins with sub-2 or 2.*less exact/,
  });
  await t.throwsAsync(found('*cubic*'), {
    message: /None of the 5 images .* matches --pattern "\*cubic\*"; .*\*_desc-linear66_T1w\.nii\.gz/,
  });
  // A star does not cross folders, and a pattern without a slash is of the name alone.
  await t.throwsAsync(found('sub-*/sub-*_desc-linear66_T1w.nii.gz'), { message: /None of the 5/ });
});

test('relabelings of another encoding are read, and what is no text is named', async (t) => {
  const root = folderOf(t, {
    'l.txt': Buffer.from('\uFEFF0011\r\n0101\r\n', 'utf16le'),
    'z.txt': Buffer.from('PK\x03\x04'),
  });
  t.deepEqual(await readLabelings(join(root, 'l.txt'), 4, false), [
    [0, 0, 1, 1],
    [0, 1, 0, 1],
  ]);
  await t.throwsAsync(readLabelings(join(root, 'z.txt'), 4, false), {
    instanceOf: RequestError,
    message: /z\.txt is a zip archive/,
  });
});
