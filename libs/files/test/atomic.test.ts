import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { explainFileError, FileWriteError, writeFileAtomic } from '../src/index.ts';

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'files-'));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}

test('text, bytes and pieces are written, folders are made, nothing else is left', async (t) => {
  const root = await folder(t);
  const path = join(root, 'a', 'b', 'c.txt');
  await writeFileAtomic(path, 'größer');
  t.is(await readFile(path, 'utf8'), 'größer');
  await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
  t.deepEqual([...(await readFile(path))], [1, 2, 3]);
  await writeFileAtomic(path, [Uint8Array.of(1), Uint8Array.of(2, 3), new Uint8Array(0)]);
  t.deepEqual([...(await readFile(path))], [1, 2, 3]);
  t.deepEqual(await readdir(join(root, 'a', 'b')), ['c.txt']);
});

test('a write that breaks off keeps the old file and leaves no part', async (t) => {
  const root = await folder(t);
  const path = join(root, 'x.bin');
  await writeFile(path, 'old');
  const breaking = [Uint8Array.of(1), Uint8Array.of(2)];
  // The second piece cannot be fetched, as when a disk fills between two writes.
  Object.defineProperty(breaking, 1, {
    get() {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    },
  });
  const error = await t.throwsAsync(writeFileAtomic(path, breaking), { instanceOf: FileWriteError });
  t.is(
    error?.message,
    `${path} could not be written: there is no space left on the disk. Free some space, then run again.`,
  );
  t.is(await readFile(path, 'utf8'), 'old');
  t.deepEqual(await readdir(root), ['x.bin']);
});

test('a folder in the way and a file as a folder are said in words', async (t) => {
  const root = await folder(t);
  await mkdir(join(root, 'taken', 'full'), { recursive: true });
  await writeFile(join(root, 'file'), '');
  await t.throwsAsync(writeFileAtomic(join(root, 'taken'), 'x'), {
    instanceOf: FileWriteError,
    message: /taken could not be written: a folder of that name is in the way/,
  });
  await t.throwsAsync(writeFileAtomic(join(root, 'file', 'x'), 'x'), {
    instanceOf: FileWriteError,
    message: /is a file, not a folder|could not be written/,
  });
  t.deepEqual((await readdir(root)).sort(), ['file', 'taken']);
});

test('many writers of one file leave one whole file', async (t) => {
  const root = await folder(t);
  const path = join(root, 'x');
  await Promise.all(Array.from({ length: 20 }, (_, n) => writeFileAtomic(path, String(n).repeat(1000))));
  const text = await readFile(path, 'utf8');
  t.is(new Set(text.match(/.{1,2}/g)).size <= 2, true);
  t.true([1000, 2000].includes(text.length));
  t.deepEqual(await readdir(root), ['x']);
});

test('a broken link and a very long name do not confuse it', async (t) => {
  const root = await folder(t);
  await symlink(join(root, 'nowhere'), join(root, 'link'));
  await writeFileAtomic(join(root, 'link'), 'x');
  t.is(await readFile(join(root, 'link'), 'utf8'), 'x');
  await writeFileAtomic(join(root, 'n'.repeat(250)), 'x');
  await t.throwsAsync(writeFileAtomic(join(root, 'n'.repeat(300)), 'x'), { message: /the name is too long/ });
});

test('an unknown error keeps its own words', (t) => {
  t.is(explainFileError(new Error('something else')), 'something else');
  t.is(explainFileError('text'), 'text');
});
