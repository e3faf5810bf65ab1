import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { removePartials, writeFileAtomic } from '../src/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'oinr-partials-'));

test('what a killed writer left is removed, other hidden files are not', async (t) => {
  const root = folder();
  await writeFileAtomic(join(root, 'sub-01', 'a.nii.gz'), 'a');
  writeFileSync(join(root, 'sub-01', '.b.nii.gz.0f3c6f0e-5b1d-4a52-9d3c-0a1b2c3d4e5f.partial'), 'half');
  writeFileSync(join(root, 'sub-01', '.download.partial'), "somebody else's");
  writeFileSync(join(root, '.lock'), '{}');
  t.is(await removePartials(root), 1);
  t.deepEqual(readdirSync(join(root, 'sub-01')).sort(), ['.download.partial', 'a.nii.gz']);
  t.true(existsSync(join(root, '.lock')));
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
