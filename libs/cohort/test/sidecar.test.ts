import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import test from 'ava';
import { CohortError } from '../src/errors.ts';
import { readSidecar } from '../src/index.ts';
import { tree } from './trees.ts';

const description = '{"Name": "x", "BIDSVersion": "1.9.0"}';
const scan = 'sub-01/ses-2/anat/sub-01_ses-2_acq-a_T1w.nii.gz';

const values = async (path: string, root?: string): Promise<Record<string, unknown>> =>
  Object.fromEntries([...(await readSidecar(path, root))].map(([key, { value }]) => [key, value]));

test('fields are inherited from every level, the deeper file counts, and what belongs to others does not', async (t) => {
  const root = await tree(t, {
    'dataset_description.json': description,
    'T1w.json': '{"SliceThickness": 8, "A": "root", "B": "root", "C": "root"}',
    'T2w.json': '{"SliceThickness": 1}',
    'acq-b_T1w.json': '{"SliceThickness": 2}',
    'task-x_T1w.json': '{"SliceThickness": 3}',
    'sub-01/sub-01_T1w.json': '{"B": "subject", "C": "subject"}',
    'sub-01/sub-02_T1w.json': '{"SliceThickness": 4}',
    'sub-01/ses-2/ses-2_T1w.json': '{"C": "session"}',
    'sub-01/ses-2/ses-1_T1w.json': '{"SliceThickness": 5}',
    'sub-01/ses-2/anat/sub-01_ses-2_acq-a_T1w.json': '{"D": "own"}',
    'sub-01/ses-2/anat/sub-01_ses-2_acq-a_run-1_T1w.json': '{"SliceThickness": 6}',
    'sub-01/ses-2/anat/._sub-01_ses-2_acq-a_T1w.json': '\u0000',
    [scan]: '',
  });
  const expected = { SliceThickness: 8, A: 'root', B: 'subject', C: 'session', D: 'own' };
  t.deepEqual(await values(join(root, scan)), expected);
  t.is((await readSidecar(join(root, scan))).get('C')?.file, join(root, 'sub-01/ses-2/ses-2_T1w.json'));
  // A relative path, and one with steps upwards.
  t.deepEqual(await values(relative(process.cwd(), join(root, scan))), expected);
  t.deepEqual(await values(`${root}/sub-01/../${scan}`), expected);
});

test('without dataset_description.json only the file beside the image counts, unless the root is named', async (t) => {
  const root = await tree(t, {
    'T1w.json': '{"SliceThickness": 8}',
    'sub-01/sub-01_T1w.json': '{"A": 1}',
    'sub-01/sub-01_T1w.nii': '',
    'sub-01/my scan.nii.gz': '',
    'sub-01/my scan.json': '{"B": 2}',
    'sub-01/img.hdr': '',
  });
  const path = join(root, 'sub-01/sub-01_T1w.nii');
  t.deepEqual(await values(path), { A: 1 });
  t.deepEqual(await values(path, root), { A: 1, SliceThickness: 8 });
  t.deepEqual(await values(join(root, 'sub-01/my scan.nii.gz'), root), { B: 2 });
  t.deepEqual(await values(join(root, 'sub-01/img.hdr')), {});
});

test('the nearest data set counts: derivatives inherit nothing from the raw data around them', async (t) => {
  const root = await tree(t, {
    'dataset_description.json': description,
    'T1w.json': '{"SliceThickness": 8}',
    'derivatives/x/dataset_description.json': description,
    'derivatives/x/sub-01/anat/sub-01_T1w.nii.gz': '',
  });
  t.deepEqual(await values(join(root, 'derivatives/x/sub-01/anat/sub-01_T1w.nii.gz')), {});
});

test('two that apply at one level, and what is no JSON object, are named in a sentence', async (t) => {
  const root = await tree(t, { 'dataset_description.json': description, [scan]: '' });
  const refused = async (text: string | Buffer, message: RegExp): Promise<void> => {
    await writeFile(join(root, 'T1w.json'), text);
    const error = await t.throwsAsync(readSidecar(join(root, scan)), { instanceOf: CohortError, message });
    t.true(error?.message.includes(join(root, 'T1w.json')));
  };
  await refused('{', /T1w\.json is not JSON; correct the sidecar/);
  await refused('', /is not JSON \(it is empty\)/);
  await refused('{"A": 1} // mm', /is not JSON; /);
  await refused('{\n  // mm\n  "A": 1}', /is not JSON \(JSON has no comments\)/);
  await refused('[1]', /holds no JSON object/);
  await refused('null', /holds no JSON object/);
  await refused(Buffer.from('\uFEFF{"A": 1}', 'utf16le'), /is not JSON \(it is not in UTF-8\)/);
  await writeFile(join(root, 'T1w.json'), '\uFEFF{"A": 1, "__proto__": {"B": 2}}');
  t.is((await readSidecar(join(root, scan))).get('A')?.value, 1);
  t.is((await readSidecar(join(root, scan))).get('B'), undefined);
  await writeFile(join(root, 'ses-2_T1w.json'), '{"A": 2}');
  await refused('{}', /T1w\.json and .*ses-2_T1w\.json both apply to .*sub-01_ses-2_acq-a_T1w\.nii\.gz/);
});

test('a link without its file and a folder of a sidecar’s name are said', async (t) => {
  const root = await tree(t, { 'dataset_description.json': description, [scan]: '' });
  await symlink('nowhere', join(root, 'T1w.json'));
  await t.throwsAsync(readSidecar(join(root, scan)), {
    message: /T1w\.json is a link to a file that does not exist/,
  });
  await mkdir(join(root, 'sub-01/sub-01_T1w.json'));
  await symlink('/dev/null', join(root, 'x'));
  await t.throwsAsync(readSidecar(join(root, scan), join(root, 'sub-01')), {
    message: /sub-01_T1w\.json is no regular file/,
  });
});
