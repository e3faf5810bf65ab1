import { cpSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '@oinr/files';
import test from 'ava';
import { Manifest, manifestFolder } from '../src/index.ts';

async function finishedUnit() {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-manifest-'));
  const output = join(folder, 'derivatives', 'sub-01_T1w.nii.gz');
  await writeFileAtomic(output, 'imputed');
  const manifest = new Manifest(folder, manifestFolder(folder, 'impute'));
  await manifest.record(['01', 'linear-50'], 'abc', [output], { mse: 0.1 + 0.2 });
  return { folder, output, manifest };
}

test('a finished unit is reused with its exact numbers, only under its own fingerprint', async (t) => {
  const { folder, manifest } = await finishedUnit();
  t.deepEqual((await manifest.finished(['01', 'linear-50'], 'abc'))?.result, { mse: 0.1 + 0.2 });
  t.is(await manifest.finished(['01', 'linear-50'], 'abd'), undefined);
  t.is(await manifest.finished(['02', 'linear-50'], 'abc'), undefined);
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  const copied = new Manifest(copy, manifestFolder(copy, 'impute'));
  t.deepEqual((await copied.finished(['01', 'linear-50'], 'abc'))?.result, { mse: 0.1 + 0.2 });
});

test('a unit whose output is gone, cut short or changed is done again', async (t) => {
  for (const harm of [
    (path: string) => rmSync(path),
    (path: string) => writeFileSync(path, 'imp'),
    (path: string) => writeFileSync(path, 'IMPUTED'),
  ]) {
    const { output, manifest } = await finishedUnit();
    harm(output);
    t.is(await manifest.finished(['01', 'linear-50'], 'abc'), undefined);
  }
  const { output, manifest } = await finishedUnit();
  utimesSync(output, 1, 1);
  t.deepEqual((await manifest.finished(['01', 'linear-50'], 'abc'))?.result, { mse: 0.1 + 0.2 });
});

test('damaged records and forgotten units are done again', async (t) => {
  const { folder, manifest } = await finishedUnit();
  writeFileSync(join(manifestFolder(folder, 'impute'), '01', 'linear-50.json'), '{"unit":');
  t.is(await manifest.finished(['01', 'linear-50'], 'abc'), undefined);
  const other = await finishedUnit();
  await other.manifest.forgetAll();
  t.is(await other.manifest.finished(['01', 'linear-50'], 'abc'), undefined);
});
