import { existsSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { CohortError } from '../src/errors.ts';
import { openCohort, readDescription } from '../src/index.ts';
import { excluded, open, people, tree, tsv } from './trees.ts';

const head = 'layout: bids\nname: x\ndescription: y\n';
const grouped = `${head}groups: {column: [group, diagnosis], required: false}\n`;
const image = (id: string, rest = '') => `sub-${id}/anat/sub-${id}${rest}_T1w.nii.gz`;

test('groups come from the table, in alphabetical order when no labels are named', async (t) => {
  const root = await tree(t, {
    'participants.tsv': tsv(
      'participant_id age diagnosis',
      'sub-2 70 patient',
      'sub-10 71 control',
      '1 72 patient',
    ),
    [image('1')]: '',
    [image('2')]: '',
    [image('10')]: '',
  });
  const cohort = await open(grouped, root);
  t.deepEqual(cohort.groups, ['control', 'patient']);
  t.deepEqual(people(cohort), ['1 patient', '2 patient', '10 control']);
  t.deepEqual(cohort.subjects[0].columns, { age: '72', diagnosis: 'patient' });
  t.is(cohort.subjects[2].image, join(root, image('10')));
  t.deepEqual(cohort.excluded, []);
});

test('labels fix the order and join values; others are a problem unless ignored', async (t) => {
  const root = await tree(t, {
    'participants.tsv': tsv(
      'participant_id dx',
      'a AD',
      'b Dementia',
      'c CN',
      'd MCI',
      'e typo',
      'f n/a',
      'g'.concat(' '),
    ),
    ...Object.fromEntries([...'abcdefg'].map((id) => [image(id), ''])),
  });
  const cohort = await open(
    `${head}groups: {column: dx, labels: {CN: CN, AD: [AD, Dementia]}, ignore: [MCI]}\n`,
    root,
  );
  t.deepEqual(cohort.groups, ['CN', 'AD']);
  t.deepEqual(people(cohort), ['a AD', 'b AD', 'c CN']);
  t.like(excluded(t, cohort, /^sub-d$/), { isProblem: false });
  const typo = excluded(t, cohort, /^sub-e$/);
  t.true(typo.isProblem);
  t.regex(typo.reason, /'typo'.*\(CN, AD\)/);
  t.regex(excluded(t, cohort, /^sub-f$/).reason, /no group/);
  t.regex(excluded(t, cohort, /^sub-g$/).reason, /no group/);
});

test('a value in two groups is an error of the description', async (t) => {
  const root = await tree(t, { 'participants.tsv': tsv('participant_id dx', 'a AD'), [image('a')]: '' });
  await t.throwsAsync(open(`${head}groups: {column: dx, labels: {CN: [x], AD: [x]}}\n`, root), {
    instanceOf: CohortError,
    message: /'x' belongs to both CN and AD/,
  });
});

test('a data set without groups is one group, all', async (t) => {
  const files = { 'participants.tsv': tsv('participant_id age', 'sub-a 1'), [image('a')]: '' };
  const root = await tree(t, files);
  for (const yaml of [head, grouped, `${head}groups: none\n`]) {
    const cohort = await open(yaml, root);
    t.deepEqual(cohort.groups, ['all']);
    t.deepEqual(people(cohort), ['a all']);
  }
  await t.throwsAsync(open(`${head}groups: {column: group}\n`, root), {
    instanceOf: CohortError,
    message: /no column 'group' for the groups; it has participant_id, age/,
  });
  const bare = await tree(t, { [image('a')]: '' });
  t.deepEqual(people(await open(grouped, bare)), ['a all']);
  await t.throwsAsync(open(`${head}groups: {column: group}\n`, bare), { message: /no participants\.tsv/ });
});

test('a row without a folder, a folder without a row and a folder without an image are reported', async (t) => {
  const root = await tree(t, {
    'participants.tsv': tsv('participant_id group', 'sub-a g', 'sub-gone g', 'sub-empty g'),
    [image('a')]: '',
    [image('new')]: '',
    'sub-empty/anat/sub-empty_T2w.nii.gz': '',
  });
  const cohort = await open(grouped, root);
  t.deepEqual(people(cohort), ['a g']);
  for (const [what, reason] of [
    [/sub-gone/, /no folder/],
    [/sub-new/, /no row/],
    [/sub-empty/, /no image/],
  ] as const) {
    const exclusion = excluded(t, cohort, what);
    t.true(exclusion.isProblem);
    t.regex(exclusion.reason, reason);
  }
});

test('of several runs the first is taken and the others are reported, or all refused', async (t) => {
  const root = await tree(t, { [image('a', '_run-10')]: '', [image('a', '_run-2')]: '', [image('b')]: '' });
  const cohort = await open(head, root);
  t.deepEqual(
    cohort.subjects.map((subject) => subject.image),
    [join(root, image('a', '_run-2')), join(root, image('b'))],
  );
  const other = excluded(t, cohort, /run-10/);
  t.false(other.isProblem);
  const strict = await open(`${head}choose: {scan: refuse}\n`, root);
  t.deepEqual(people(strict), ['b all']);
  const refused = excluded(t, strict, /^sub-a$/);
  t.true(refused.isProblem);
  t.regex(refused.reason, /2 images .*run-2.*run-10/);
});

const session = (id: string, ses: string) => `sub-${id}/ses-${ses}/anat/sub-${id}_ses-${ses}_T1w.nii.gz`;

test('sessions: the first, a named one, or none', async (t) => {
  const root = await tree(t, {
    [session('a', 'M012')]: '',
    [session('a', 'M000')]: '',
    [session('b', 'M012')]: '',
  });
  const images = async (choose: string) =>
    (await open(`${head}choose: {session: ${choose}}\n`, root)).subjects.map((subject) =>
      subject.image.slice(root.length + 1),
    );
  t.deepEqual(await images('first'), [session('a', 'M000'), session('b', 'M012')]);
  t.deepEqual(await images('M012'), [session('a', 'M012'), session('b', 'M012')]);
  t.deepEqual(await images('ses-M000'), [session('a', 'M000')]);
  t.deepEqual(await images('refuse'), [session('b', 'M012')]);
  t.regex(
    excluded(t, await open(`${head}choose: {session: M000}\n`, root), /^sub-b$/).reason,
    /no image of session M000/,
  );
});

test("clinica's form: the diagnosis of the scanned session", async (t) => {
  const id = 'ADNI002S0295';
  const root = await tree(t, {
    'participants.tsv': tsv('participant_id sex diagnosis_sc', `sub-${id} M CN`, 'sub-ADNI002S0413 F AD'),
    [session(id, 'M000')]: '',
    [session(id, 'M024')]: '',
    [`sub-${id}/sub-${id}_sessions.tsv`]: tsv('session_id diagnosis age', 'ses-M000 CN 84', 'ses-M024 AD 86'),
    [session('ADNI002S0413', 'M000')]: '',
  });
  const yaml = (choose: string) =>
    `${head}groups: {from: sessions, column: diagnosis, labels: {CN: CN, AD: AD}}\nchoose: {session: ${choose}}\n`;
  t.deepEqual(people(await open(yaml('M000'), root)), [`${id} CN`]);
  const later = await open(yaml('M024'), root);
  t.deepEqual(people(later), [`${id} AD`]);
  t.is(later.subjects[0].columns.age, '86');
  t.is(later.subjects[0].columns.session, 'M024');
  t.regex(
    excluded(t, await open(yaml('M000'), root), /0413$/).reason,
    /no row for session M000.*_sessions\.tsv/,
  );
});

test('a damaged sessions table or a repeated row concerns one participant only', async (t) => {
  const root = await tree(t, {
    'participants.tsv': tsv('participant_id group', 'sub-a g', 'sub-b g', 'sub-b h', 'sub-c g'),
    ...Object.fromEntries([...'abc'].map((id) => [session(id, 'M0'), ''])),
    'sub-a/sub-a_sessions.tsv': tsv('session_id diagnosis', 'ses-M0 CN'),
    'sub-c/sub-c_sessions.tsv': tsv('session_id diagnosis', 'ses-M0'),
  });
  const cohort = await open(`${head}groups: {from: sessions, column: diagnosis}\n`, root);
  t.deepEqual(people(cohort), ['a CN']);
  t.regex(excluded(t, cohort, /sub-b/).reason, /several rows/);
  t.regex(excluded(t, cohort, /sub-c/).reason, /1 cells in line 2/);
  t.deepEqual(people(await open(grouped, root)), ['a g', 'c g']);
});

test('names that are paths never become subjects', async (t) => {
  const root = await tree(t, {
    'data/participants.tsv': tsv(
      'participant_id group',
      '../evil g',
      'sub-../../evil g',
      'sub-a/b g',
      'sub-ok g',
    ),
    'data/sub-ok/anat/sub-ok_T1w.nii': '',
    'evil/anat/x_T1w.nii': '',
    'evil/x_T1w.nii': '',
  });
  const cohort = await open(grouped, join(root, 'data'));
  t.deepEqual(people(cohort), ['ok g']);
  t.is(cohort.excluded.filter(({ isProblem }) => isProblem).length, 3);
  const upwards = await open(
    `${grouped}image: ['../../evil/*_T1w.nii', 'anat/*_T1w.nii']\n`,
    join(root, 'data'),
  );
  t.deepEqual(
    upwards.subjects.map((subject) => subject.image),
    [join(root, 'data/sub-ok/anat/sub-ok_T1w.nii')],
  );
});

test('names that become the same are refused, on any file system', async (t) => {
  const root = await tree(t, { [image('A1')]: '', [image('a1')]: '', [image('b')]: '' });
  if (!existsSync(join(root, 'sub-a1')) || (await readdir(root)).length < 3) {
    t.pass('this disk ignores case');
    return;
  }
  const cohort = await open(head, root);
  t.deepEqual(people(cohort), ['b all']);
  for (const [what, other] of [
    [/sub-a1/, /sub-A1 differ in case only/],
    [/sub-A1/, /sub-a1 differ in case only/],
  ] as const) {
    const clash = excluded(t, cohort, what);
    t.true(clash.isProblem);
    t.regex(clash.reason, other);
  }
});

test('masks are found by pattern, exactly one for each image', async (t) => {
  const root = await tree(t, {
    [image('a')]: '',
    [image('b')]: '',
    [image('c')]: '',
    'derivatives/bet/sub-a/sub-a_T1w_mask.nii.gz': '',
    'derivatives/bet/sub-c/sub-c_T1w_mask.nii.gz': '',
    'derivatives/other/sub-c/sub-c_T1w_mask.nii.gz': '',
  });
  const cohort = await open(`${head}mask: 'derivatives/*/sub-{subject}/{stem}_mask.nii.gz'\n`, root);
  t.deepEqual(
    cohort.subjects.map((subject) => subject.mask),
    [join(root, 'derivatives/bet/sub-a/sub-a_T1w_mask.nii.gz')],
  );
  t.regex(
    excluded(t, cohort, /sub-b/).reason,
    /no mask: nothing matches derivatives\/\*\/sub-b\/sub-b_T1w_mask/,
  );
  t.regex(excluded(t, cohort, /sub-c/).reason, /2 masks/);
});

test('exclusions of the description carry their reason', async (t) => {
  const root = await tree(t, { [image('a')]: '', [image('01')]: '' });
  const cohort = await open(`${head}exclude: [{subject: sub-01, reason: moved}]\n`, root);
  t.deepEqual(people(cohort), ['a all']);
  t.deepEqual(cohort.excluded, [
    { what: 'sub-01', reason: 'is excluded by the description: moved', isProblem: false },
  ]);
});

test('an exclusion that names nobody is reported', async (t) => {
  const root = await tree(t, { [image('a')]: '', 'sub-b/x': '' });
  const cohort = await open(`${head}exclude: [{subject: aa, reason: x}, {subject: b, reason: y}]\n`, root);
  t.regex(excluded(t, cohort, /^aa$/).reason, /not in the data/);
  t.is(cohort.excluded.length, 2);
});

test('participant labels select, with or without sub-; unknown ones are refused', async (t) => {
  const root = await tree(t, { [image('01')]: '', [image('02')]: '', [image('03')]: '', 'sub-04/x': '' });
  t.deepEqual(people(await open(head, root, ['sub-02', '03'])), ['02 all', '03 all']);
  const broken = await open(head, root, ['04']);
  t.deepEqual(people(broken), []);
  t.is(broken.excluded.length, 1);
  await t.throwsAsync(open(head, root, ['02', '9']), {
    instanceOf: CohortError,
    message: /no participant '9'/,
  });
});

test('labels are taken exactly, and whoever was asked for and is not used is a problem', async (t) => {
  const root = await tree(t, {
    'participants.tsv': tsv('participant_id group', 'sub-AD01 g', 'sub-b n/a', 'sub-c g', 'sub-gone g'),
    [image('AD01')]: '',
    [image('b')]: '',
    'sub-c/anat/sub-c_T2w.nii.gz': '',
  });
  t.deepEqual(people(await open(grouped, root, ['AD01'])), ['AD01 g']);
  await t.throwsAsync(open(grouped, root, ['ad01']), { message: /no participant 'ad01'/ });
  // By a row without a folder or a folder without a T1w image nobody's image is lost, unless it was asked for; by a
  // missing group one is.
  const lost = (cohort: { excluded: readonly { isProblem: boolean; isWithoutImage?: true }[] }) =>
    cohort.excluded.filter(({ isProblem, isWithoutImage }) => isProblem && isWithoutImage !== true).length;
  t.is(lost(await open(grouped, root)), 1);
  for (const label of ['b', 'sub-c', 'gone'])
    t.is(lost(await open(grouped, root, ['AD01', label])), 1, label);
});

test('every folder sub-* is used or named, and so is everything that looks like a scan', async (t) => {
  const root = await tree(t, {
    [image('ok')]: '',
    [image('02_old')]: '',
    'sub-03-x/note.txt': '',
    'sub-/anat/sub-_T1w.nii': '',
    [image('M\u00fcller')]: '',
    'Sub-04/anat/Sub-04_T1w.nii.gz': '',
    'sub-05_T1w.nii.gz': '',
    'sub-06/anat/sub-07_T1w.nii': '',
    'sub-08/ses-1/anat/sub-08_ses-2_T1w.nii': '',
    [image('09')]: '',
    'sub-09/anat/sub-09_T1w.nii': '',
    'sub-10/anat/sub-10_T2w.nii.gz': '',
    'sub-11/ses-1/func/x_bold.nii': '',
    'sub-notes.txt': '',
    'subtitles/x_T1w.nii': '',
  });
  const cohort = await open(head, root);
  t.deepEqual(people(cohort), ['ok all']);
  for (const [what, reason, isWithoutImage] of [
    [/^sub-02_old$/, /letters and digits only, and "02_old" has others/, false],
    [/^sub-03-x$/, /letters and digits only/, true],
    [/^sub-$/, /letters and digits only, and "" has others, or none/, false],
    [/^sub-M/, /letters and digits only/, false],
    [/^Sub-04$/, /are called sub-<label>/, false],
    [/^sub-05_T1w/, /in no folder of a participant/, false],
    [/^sub-06.anat/, /folder of sub-06 and is named for sub-07/, false],
    [/^sub-08.ses-1/, /folder of session 1 and is named for 2/, false],
    [/^sub-09.anat.sub-09_T1w\.nii and sub-09.anat.sub-09_T1w\.nii\.gz$/, /neither is used/, false],
    [/^sub-10$/, /\(it holds anat\/sub-10_T2w\.nii\.gz\)/, true],
    [/^sub-11$/, /it holds ses-1\/func/, true],
  ] as const) {
    const found = excluded(t, cohort, what) as { reason: string; isProblem: boolean; isWithoutImage?: true };
    t.regex(found.reason, reason);
    t.true(found.isProblem);
    t.is(found.isWithoutImage === true, isWithoutImage, String(what));
  }
  t.is(cohort.excluded.length, 11);
});

test('litter of file systems is no scan; links are followed, and told where they lead nowhere or in a circle', async (t) => {
  const root = await tree(t, {
    [image('01')]: '',
    'sub-01/anat/._sub-01_T1w.nii.gz': '',
    'sub-01/anat/.sub-01_T1w.nii.gz': '',
    'sub-01/anat/__MACOSX/sub-01_T1w.nii.gz': '',
    '__MACOSX/sub-01/anat/sub-01_T1w.nii.gz': '',
    '._sub-02': '',
    'sub-01/@eaDir/anat/sub-01_T1w.nii.gz': '',
    'elsewhere/data/sub-03_T1w.nii.gz': '',
    'elsewhere/whole/anat/sub-04_T1w.nii.gz': '',
    'sub-03/anat/.DS_Store': '',
    'sub-05/anat/Thumbs.db': '',
    'sub-06/x': '',
  });
  const link = (target: string, path: string) => symlink(target, join(root, path));
  await link('../../elsewhere/data/sub-03_T1w.nii.gz', 'sub-03/anat/sub-03_T1w.nii.gz');
  await link('elsewhere/whole', 'sub-04');
  await link('../../.git/annex/objects/x', 'sub-05/anat/sub-05_T1w.nii.gz');
  await link('..', 'sub-06/up');
  await link('.', 'sub-07');
  await link('nowhere', 'sub-08');
  await link('../../elsewhere/data/sub-03_T1w.nii.gz', 'sub-05/anat/T1w.nii.gz');
  const cohort = await open(`${head}image: ['anat/*T1w.nii.gz', '**/*_T1w.nii.gz']\n`, root);
  t.deepEqual(people(cohort), ['01 all', '03 all', '04 all']);
  for (const [what, reason] of [
    [/^sub-05.anat/, /is a link to .*annex.*datalad get/],
    [/^sub-06.up$/, /lies around it/],
    [/^sub-07$/, /leads back to the data set/],
    [/^sub-08$/, /link to nowhere, which is not there/],
    // One file under two names is one image.
    [/^sub-05$/, /names the same image as sub-03/],
  ] as const)
    t.regex(excluded(t, cohort, what).reason, reason);
});

test('an empty participants.tsv, a linked one that is not there, and rows without a name are told', async (t) => {
  const root = await tree(t, {
    [image('a')]: '',
    'participants.tsv': 'participant_id\tgroup\n\tg\nNA\th\na\tg\n',
  });
  const cohort = await open(grouped, root);
  t.deepEqual(people(cohort), ['a g']);
  t.regex(excluded(t, cohort, /^row 1 of/).reason, /no participant_id/);
  t.regex(excluded(t, cohort, /^row 2 of/).reason, /no participant_id/);
  const bare = await tree(t, { [image('a')]: '' });
  await symlink('gone.tsv', join(bare, 'participants.tsv'));
  await t.throwsAsync(open(grouped, bare), {
    instanceOf: CohortError,
    message: /gone\.tsv, which is not there/,
  });
});

test('a folder that is not BIDS is named', async (t) => {
  await t.throwsAsync(open(head, await tree(t, { 'x.nii': '' })), {
    instanceOf: CohortError,
    message: /not a BIDS data set/,
  });
});

const shared = process.env.OINR_SHARED ?? join(import.meta.dirname, '../../../../shared');
const study = join(shared, 'data/ds002748');
const dataTest = existsSync(study) ? test : test.skip;
if (!existsSync(study)) console.log(`Skipped: ${study} is not there.`);

dataTest('ds002748 opens with cohorts/bids.yaml: 8 controls first, 8 patients', async (t) => {
  const description = await readDescription('bids', join(import.meta.dirname, '../../../cohorts'));
  const cohort = await openCohort(description, { root: study, environment: {} });
  t.deepEqual(cohort.groups, ['control', 'depr']);
  t.is(cohort.subjects.filter(({ group }) => group === 'control').length, 8);
  t.is(cohort.subjects.filter(({ group }) => group === 'depr').length, 8);
  t.deepEqual(cohort.excluded, []);
  t.is(cohort.subjects.find(({ id }) => id === '40')?.columns.age, '28');
});
