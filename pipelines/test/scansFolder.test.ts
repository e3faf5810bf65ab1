import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import test from 'ava';
import { contextOf, runStage } from '../src/index.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { filesBelow, temporaryFolder, tinyHead } from './support/study.ts';

/** A head of slices 9 mm apart. */
async function writeScan(path: string, seed = 1): Promise<string> {
  const shape = [18, 25, 6] as const;
  const affine = [3, 0, 0, -27, 0, 3, 0, -37, 0, 0, 9, -24, 0, 0, 0, 1];
  await writeVolume(path, { grid: { shape, affine }, data: tinyHead(seed, shape) });
  return path;
}

async function writeBids(root: string): Promise<string> {
  await writeScan(join(root, 'sub-01', 'anat', 'sub-01_T1w.nii.gz'));
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "raw", "BIDSVersion": "1.9.0"}\n');
  return root;
}

/** What `oinr impute` ends with, and what it says. */
async function impute(source: string, out: string, ...words: string[]) {
  const terminal = recordedTerminal();
  const asked = [source, '--out', out, '--method', 'linear', '--jobs', '1', '--no-page', ...words];
  try {
    const code = await runStage('scans', asked, contextOf(terminal));
    return { code, said: terminal.text() };
  } catch (error) {
    return { code: 1, said: error instanceof Error ? error.message : String(error) };
  }
}

/** Contents by name, but for hidden files. */
function contents(folder: string): Record<string, string> {
  const names = filesBelow(folder).filter((name) => !/(^|\/)\./.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

test('raw data are never written into: their folder, a participant of theirs, another raw data set', async (t) => {
  const root = await writeBids(temporaryFolder());
  const other = await writeBids(temporaryFolder());
  const before = contents(root);
  for (const out of [root, join(root, 'sub-01'), join(root, 'sub-01', 'anat'), `${root}/./`, other]) {
    const { code, said } = await impute(root, out);
    t.is(code, 1, out);
    t.true(said.includes(`--out ${join(root, 'derivatives', 'oinr')}`), said);
    t.deepEqual(contents(root), before);
  }
  t.deepEqual(Object.keys(contents(other)), ['dataset_description.json', 'sub-01/anat/sub-01_T1w.nii.gz']);
  // By a link, of a single scan, and by other stages.
  const link = join(temporaryFolder(), 'link');
  symlinkSync(root, link);
  const anat = join(root, 'sub-01', 'anat');
  for (const [source, out] of [
    [link, join(root, 'sub-01')],
    [root, join(link, 'sub-01')],
    [join(anat, 'sub-01_T1w.nii.gz'), anat],
  ])
    t.regex((await impute(source, out)).said, /lies among the raw data of/);
  for (const stage of ['impute', 'prepare', 'train']) {
    const words = ['--cohort', 'bids', '--root', root, '--out', root];
    await t.throwsAsync(runStage(stage, words, contextOf(recordedTerminal())), {
      message: /among the raw data/,
    });
  }
  t.deepEqual(contents(root), before);
  t.is((await impute(root, join(root, 'derivatives', 'oinr'))).code, 0);
  for (const folder of [root, other]) rmSync(folder, { recursive: true });
});

test("a folder of another program's derivatives keeps its description, byte for byte, and is told so", async (t) => {
  const root = await writeBids(temporaryFolder());
  const out = temporaryFolder();
  const theirs =
    '{"Name":"fMRIPrep","BIDSVersion":"1.4.0","PipelineDescription":{"Name":"fmriprep"},"License":"CC0"}';
  writeFileSync(join(out, 'dataset_description.json'), theirs);
  mkdirSync(join(out, 'sub-01', 'anat'), { recursive: true });
  writeFileSync(join(out, 'sub-01', 'anat', 'sub-01_desc-preproc_T1w.nii.gz'), 'theirs');
  const { code, said } = await impute(root, out);
  t.is(code, 0);
  t.regex(said, /dataset_description\.json was written or changed by somebody else and stays as it is/);
  t.is(readFileSync(join(out, 'dataset_description.json'), 'utf8'), theirs);
  t.is(readFileSync(join(out, 'sub-01', 'anat', 'sub-01_desc-preproc_T1w.nii.gz'), 'utf8'), 'theirs');
  t.true(existsSync(join(out, 'sub-01', 'anat', 'sub-01_desc-linear_T1w.nii.gz')));
  for (const folder of [root, out]) rmSync(folder, { recursive: true });
});

test('a result that was cut off is made again; one that was changed is kept under another name; one that is there is found', async (t) => {
  const folder = temporaryFolder();
  const scan = await writeScan(join(folder, 'scan.nii.gz'));
  const out = join(folder, 'out');
  const volume = join(out, 'scan_desc-linear.nii.gz');
  t.is((await impute(scan, out)).code, 0);
  const whole = contents(out);
  t.regex((await impute(scan, out)).said, /linear \(there already\)/);
  truncateSync(volume, 5000);
  const again = await impute(scan, out);
  t.is(again.code, 0);
  t.notRegex(again.said, /there already/);
  t.deepEqual(contents(out), whole);
  writeFileSync(volume, 'corrected by hand');
  const changed = await impute(scan, out);
  t.is(changed.code, 0);
  t.regex(changed.said, /what was there is kept as scan_desc-linear\.changed-1\.nii\.gz/);
  t.is(readFileSync(join(out, 'scan_desc-linear.changed-1.nii.gz'), 'utf8'), 'corrected by hand');
  t.deepEqual((await readVolume(volume)).grid.shape[2] > 6, true);
  rmSync(folder, { recursive: true });
});

test("a user's own file of that name is not replaced: the scan fails with a sentence", async (t) => {
  const folder = temporaryFolder();
  const scan = await writeScan(join(folder, 'scan.nii.gz'));
  const out = join(folder, 'out');
  mkdirSync(out);
  writeFileSync(join(out, 'scan_desc-linear.json'), 'mine');
  const { code, said } = await impute(scan, out);
  t.is(code, 1);
  t.regex(said, /holds scan_desc-linear\.json, which this program has not written there/);
  t.regex(said.trimEnd(), /Exit status 1: 1 of 1 scans failed, as told above\.$/);
  t.deepEqual(Object.keys(contents(out)), ['scan_desc-linear.json']);
  rmSync(folder, { recursive: true });
});

test('two scans of one name do not take the place of each other unless that is asked for', async (t) => {
  const folder = temporaryFolder();
  const first = await writeScan(join(folder, 'a', 'scan.nii.gz'));
  const second = await writeScan(join(folder, 'b', 'scan.nii.gz'), 2);
  const copy = join(folder, 'c', basename(first));
  mkdirSync(dirname(copy));
  cpSync(first, copy);
  const out = join(folder, 'out');
  t.is((await impute(first, out)).code, 0);
  const before = contents(out);
  t.regex((await impute(copy, out)).said, /there already/, 'the same image in another place');
  const refused = await impute(second, out);
  t.is(refused.code, 1);
  t.regex(
    refused.said,
    /was made from another image than .*b.scan\.nii\.gz\. Choose another --out, or .*--force/,
  );
  t.deepEqual(contents(out), before);
  t.is((await impute(second, out, '--force')).code, 0);
  t.notDeepEqual(contents(out), before);
  // What --force has forgotten is the one scan that was meant, and a folder without records still knows by the sidecar.
  const third = await writeScan(join(folder, 'd', 'other.nii.gz'), 4);
  t.is((await impute(third, out)).code, 0);
  t.is((await impute(second, out, '--force')).code, 0);
  const fourth = await writeScan(join(folder, 'e', 'other.nii.gz'), 5);
  t.is((await impute(fourth, out)).code, 1);
  rmSync(join(out, '.resume'), { recursive: true });
  t.is((await impute(fourth, out)).code, 1);
  // The image itself, changed since: its result is made anew.
  t.is((await impute(second, out)).code, 0);
  await writeScan(second, 3);
  t.is((await impute(second, out)).code, 0);
  rmSync(folder, { recursive: true });
});

test('results of other options stay until all new ones are there', async (t) => {
  const root = await writeBids(temporaryFolder());
  await writeScan(join(root, 'sub-02', 'anat', 'sub-02_T1w.nii.gz'), 2);
  const out = temporaryFolder();
  t.is((await impute(root, out)).code, 0);
  const before = contents(out);
  // The second scan fails now, but the run as a whole ends: what it made replaces what was there.
  writeFileSync(join(root, 'sub-02', 'anat', 'sub-02_T1w.nii.gz'), 'no image');
  const { code } = await impute(root, out, '--spacing', '4.5');
  t.is(code, 1);
  const after = contents(out);
  const name = (id: string): string => `sub-${id}/anat/sub-${id}_desc-linear_T1w.nii.gz`;
  t.not(after[name('01')], before[name('01')]);
  t.is(after[name('02')], before[name('02')], 'nothing new was made of it');
  for (const folder of [root, out]) rmSync(folder, { recursive: true });
});
