// Who is used and who is told: the finder of real scans, groups, and lists on the terminal.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cohort } from '@oinr/cohort';
import { UserError } from '@oinr/errors';
import { writeVolume } from '@oinr/nifti';
import test from 'ava';
import { chooseGroups } from '../src/compare/groups.ts';
import { shellWord } from '../src/config/shell.ts';
import { excludedTable, exclusionsInWords, losesImage } from '../src/excluded.ts';
import { contextOf, runStage } from '../src/index.ts';
import { findScans } from '../src/scans/findScans.ts';
import { filesBelow, temporaryFolder, tinyAffine, tinyHead } from './support/study.ts';

function bids(files: readonly string[]): string {
  const root = temporaryFolder();
  for (const file of ['dataset_description.json', ...files]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '{}');
  }
  return root;
}

const find = (source: string, participantLabel?: readonly string[]) =>
  findScans({ source, participantLabel, skipBidsValidation: false });

test('one file by several names is imputed once, and belongs to one person at most', async (t) => {
  const root = bids(['sub-01/anat/sub-01_T1w.nii', 'sub-02/anat/sub-02_T1w.nii', 'sub-03/anat/x.txt']);
  const own = join(root, 'sub-01/anat/sub-01_T1w.nii');
  symlinkSync(own, join(root, 'sub-01/anat/sub-01_acq-link_T1w.nii'));
  symlinkSync(own, join(root, 'sub-03/anat/sub-03_T1w.nii'));
  const { scans, excluded } = await find(root);
  t.is(scans.length, 2);
  const told = excluded.map((one) => `${one.what} ${one.reason} ${losesImage(one)}`).sort();
  t.is(told.length, 2);
  t.regex(told[0], /^sub-01.*is the same file as sub-01.*, by a link\. false$/);
  t.regex(told[1], /^sub-03.*is the same file as sub-01.*, by a link\. true$/);
});

test('real scans: every folder sub-* is imputed or named; images without a T1w fail only those who asked', async (t) => {
  const root = bids([
    'sub-01/anat/sub-01_T1w.nii.gz',
    'sub-01/anat/sub-01_desc-auto_T1w.nii.gz',
    'sub-01/ses-2/anat/sub-01_ses-2_T1w.nii',
    'sub-02_old/anat/sub-02_old_T1w.nii.gz',
    'sub-03/anat/sub-03_T2w.nii.gz',
    'sub-04/anat/sub-04_T1w.nii',
    'sub-04/anat/sub-04_T1w.nii.gz',
    'sub-05/anat/._sub-05_T1w.nii.gz',
  ]);
  const { scans, excluded } = await find(root);
  t.deepEqual(
    scans.map(({ folder, stem }) => `${folder} ${stem}`),
    ['sub-01/anat sub-01_T1w', 'sub-01/ses-2/anat sub-01_ses-2_T1w'],
  );
  const told = excluded.map((one) => `${one.what} ${losesImage(one)}`);
  t.deepEqual(told, [
    'sub-02_old true',
    'sub-03 false',
    'sub-04/anat/sub-04_T1w.nii and sub-04/anat/sub-04_T1w.nii.gz true',
    'sub-05 false',
  ]);
  const asked = await find(root, ['03', 'sub-01']);
  t.is(asked.scans.length, 2);
  t.deepEqual(asked.excluded.map(losesImage), [true]);
  const refused = async (labels: readonly string[], message: RegExp) =>
    t.throwsAsync(find(root, labels), { instanceOf: UserError, message });
  await refused(['03'], /no T1w image that can be imputed.*\n {2}sub-03: has no image/s);
  await refused(['02_old'], /\n {2}sub-02_old: is not used: a BIDS label/);
  await refused(['01', '1'], /has no participant sub-1; its participants begin with sub-01/);
  await refused(['SUB-01'], /has no participant sub-SUB-01/);
});

test('a source that is a broken link is said to be one, and folders of another case are shown', async (t) => {
  const root = bids(['Sub-01/anat/Sub-01_T1w.nii.gz']);
  symlinkSync('gone.nii.gz', join(root, 'scan.nii.gz'));
  await t.throwsAsync(find(join(root, 'scan.nii.gz')), {
    message: /is a link to gone\.nii\.gz, which is not there/,
  });
  await t.throwsAsync(find(root), { message: /no folder sub-<label>.*\n {2}Sub-01: is not read/s });
});

test('exit status of real scans: 1 for people whose image gets no result, 0 for those without an image', async (t) => {
  const run = async (files: readonly string[]): Promise<{ code: number; said: string; root: string }> => {
    const root = bids(files);
    const shape = [18, 25, 5] as const;
    const affine = tinyAffine.map((value, n) => (n === 10 ? 4 * value : value));
    mkdirSync(join(root, 'sub-01', 'anat'), { recursive: true });
    await writeVolume(join(root, 'sub-01/anat/sub-01_T1w.nii.gz'), {
      grid: { shape, affine },
      data: tinyHead(1, [...shape]),
    });
    let said = '';
    const write = (text: string) => {
      said += text;
    };
    const out = join(root, 'out');
    const words = [root, '--out', out, '--method', 'linear', '--jobs', '1'];
    return {
      code: await runStage('scans', [...words, '--no-page'], contextOf({ out: { write }, error: { write } })),
      said,
      root,
    };
  };
  const without = await run(['sub-02/anat/sub-02_T2w.nii.gz']);
  t.is(without.code, 0, without.said);
  t.regex(without.said, /Not imputed \(1\)\n {2}sub-02: has no image/);
  t.true(filesBelow(join(without.root, 'out')).includes('sub-01/anat/sub-01_desc-linear_T1w.nii.gz'));
  const lost = await run(['sub-02-x/anat/sub-02-x_T1w.nii.gz']);
  t.is(lost.code, 1);
  t.regex(lost.said, /sub-02-x: is not used: a BIDS label.*1 imputed, 0 failed, 1 not usable/s);
});

test('a long list ends: twenty lines, those with lost images first, a count and the file', (t) => {
  const row = { reason: 'is in /data/study but gone.', isProblem: true, isWithoutImage: true } as const;
  const excluded = Array.from({ length: 30_000 }, (_, n) => ({ what: `sub-${n}`, ...row }));
  const lost = { what: 'sub-x', reason: 'has two.', isProblem: true };
  const said = exclusionsInWords(
    [...excluded, lost],
    (text) => text.replace('/data/', ''),
    'tables/excluded.tsv',
  );
  const lines = said.trim().split('\n');
  t.is(lines.length, 21);
  t.is(lines[0], 'sub-x: has two.');
  t.is(lines[1], '  sub-0: is in study but gone.');
  t.is(lines[20], '  ... and 29,981 more: tables/excluded.tsv');
  const { rows } = excludedTable({ excluded: [...excluded, { ...lost, what: 'a\tb' }] }, (text) => text);
  t.is(rows.length, 30_001);
  t.is(rows[30_000].what, '"a\\tb"');
});

const cohort = (groups: readonly string[], columns: readonly Record<string, string>[] = []): Cohort => ({
  name: 'bids',
  description: '',
  root: '/data',
  groups,
  subjects: columns.map((own, n) => ({ id: String(n), group: groups[0], image: '', columns: own })),
  excluded: [],
  notes: [],
});

test('which groups to compare: the command that is shown is quoted, and one group alone lists columns', (t) => {
  const command = (two: readonly string[]) => `npx oinr x --groups ${two.map(shellWord).join(' ')}`;
  const three = cohort(['AD patient', 'MCI', "O'Neill"]);
  t.deepEqual(chooseGroups(three, ["O'Neill", 'AD patient'], command), ["O'Neill", 'AD patient']);
  t.throws(() => chooseGroups(three, undefined, command), {
    instanceOf: UserError,
    message:
      /groups 'AD patient', 'MCI', 'O'Neill'; say which two.*such as: npx oinr x --groups "AD patient" MCI$/,
  });
  t.throws(() => chooseGroups(three, ['AD', 'MCI'], command), {
    message: /no group 'AD'; its groups are 'AD patient'/,
  });
  const table = ['F', 'M', 'F', 'M'].map((sex, n) => ({
    sex,
    age: String(60 + n),
    site: 'a',
    dx: n < 2 ? 'CN' : 'AD',
  }));
  t.throws(() => chooseGroups(cohort(['all'], table), undefined, command), {
    message: /one group only \(all\).*could be groups: sex \(F, M\), dx \(CN, AD\)\. Copy its description/,
  });
  t.throws(() => chooseGroups(cohort(['all'], [{ age: '1' }, { age: '2' }]), undefined, command), {
    message: /No column of its table has a few values in several rows; it has age\./,
  });
  t.throws(() => chooseGroups(cohort(['all']), undefined, command), {
    message: /have no table with columns/,
  });
});

test('words that are shown come out of a shell as they were', (t) => {
  if (process.platform === 'win32') return t.log('skipped: there is no POSIX shell on Windows');
  const words = [
    'AD patient',
    "O'Neill",
    '$HOME',
    'a"b',
    '',
    'M\u00fcller, A',
    '*',
    '!x',
    'a\\b',
    '--x=y z',
    '~',
  ];
  const print = (line: string) =>
    execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);
  t.deepEqual(print(words.map(shellWord).join(' ')), words);
});
