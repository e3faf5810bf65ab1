import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { removePartials } from '../src/atomic.ts';
import { asWriteError, publish, RunError, writeAtomically, writeJson } from '../src/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'oinr-atomic-'));

test('a file appears as a whole, also over an older one, and leaves no temporary file', async (t) => {
  const path = join(folder(), 'deep', 'file.txt');
  await writeAtomically(path, 'first');
  await writeAtomically(path, 'second');
  t.is(readFileSync(path, 'utf8'), 'second');
  t.deepEqual(readdirSync(join(path, '..')), ['file.txt']);
});

test('a producer that fails leaves the old file and no temporary one', async (t) => {
  const path = join(folder(), 'file.txt');
  await writeAtomically(path, 'old');
  const failing = publish(path, async (partial) => {
    writeFileSync(partial, 'half');
    t.is(readFileSync(path, 'utf8'), 'old');
    throw new Error('stopped halfway');
  });
  await t.throwsAsync(failing, { message: 'stopped halfway' });
  t.is(readFileSync(path, 'utf8'), 'old');
  t.deepEqual(readdirSync(join(path, '..')), ['file.txt']);
});

test('what a killed writer left is removed, other hidden files are not', async (t) => {
  const root = folder();
  await writeAtomically(join(root, 'sub-01', 'a.nii.gz'), 'a');
  writeFileSync(join(root, 'sub-01', '.b.nii.gz.123-4.partial'), 'half');
  writeFileSync(join(root, '.lock'), '{}');
  t.is(await removePartials(root), 1);
  t.deepEqual(readdirSync(join(root, 'sub-01')), ['a.nii.gz']);
  t.true(existsSync(join(root, '.lock')));
});

test('a folder that cannot be written is one sentence that stops the run', async (t) => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const error = await t.throwsAsync(writeAtomically(join(file, 'below', 'x.txt'), ''), {
    instanceOf: RunError,
  });
  t.regex(error?.message ?? '', /^Cannot write .*x\.txt: a part of this path is a file.*--out\.$/);
  t.true(error?.stopsTheRun);
});

test('a full disk is one sentence that stops the run', (t) => {
  // The system's own error, as node reports it for ENOSPC on a write.
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    errno: -28,
  });
  const error = asWriteError(full, 'reports/x.nii.gz');
  t.true(error instanceof RunError && error.stopsTheRun);
  t.regex(
    error instanceof Error ? error.message : '',
    /no space is left on the disk.*run the same command again/,
  );
  const other = new TypeError('a bug');
  t.is(asWriteError(other, 'x'), other);
});

test('JSON with NaN is refused instead of becoming null', async (t) => {
  const path = join(folder(), 'a.json');
  await t.throwsAsync(writeJson(path, { mse: Number.NaN }), { message: /NaN \(at "mse"\)/ });
  t.false(existsSync(path));
});
