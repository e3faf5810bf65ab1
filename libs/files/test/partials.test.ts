import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { removePartials, writeFileAtomic } from '../src/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'oinr-partials-'));

test("what a killed writer left among a folder's own files is removed; other folders are not looked into", async (t) => {
  const root = folder();
  const half = '.b.nii.gz.0f3c6f0e-5b1d-4a52-9d3c-0a1b2c3d4e5f.partial';
  await writeFileAtomic(join(root, 'sub-01', 'a.nii.gz'), 'a');
  await writeFileAtomic(join(root, '.resume', 'stage', 'new', 'a.nii.gz'), 'a');
  for (const place of ['.', 'sub-01', '.resume/stage/new']) writeFileSync(join(root, place, half), 'half');
  writeFileSync(join(root, '.download.partial'), "somebody else's");
  writeFileSync(join(root, '.lock'), '{}');
  t.is(await removePartials(root), 2);
  t.deepEqual(readdirSync(root).sort(), ['.download.partial', '.lock', '.resume', 'sub-01']);
  t.deepEqual(readdirSync(join(root, '.resume/stage/new')), ['a.nii.gz']);
  // Another run may be at work there.
  t.deepEqual(readdirSync(join(root, 'sub-01')).sort(), [half, 'a.nii.gz']);
});

test('the temporary name of the writer is one that is cleaned up', async (t) => {
  const root = folder();
  const seen = new Promise<string>((resolve) => {
    const timer = setInterval(() => {
      const found = readdirSync(root).find((name) => name !== 'big');
      if (found === undefined) return;
      clearInterval(timer);
      resolve(found);
    }, 0);
  });
  const pieces = Array.from({ length: 200 }, () => new Uint8Array(100_000));
  const [name] = await Promise.all([seen, writeFileAtomic(join(root, 'big'), pieces)]);
  writeFileSync(join(root, name), 'half');
  t.is(await removePartials(root), 1);
  t.deepEqual(readdirSync(root), ['big']);
});
