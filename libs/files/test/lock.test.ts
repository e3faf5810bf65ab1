import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { FileWriteError } from '../src/errors.ts';
import { FolderLockedError, lockFolder } from '../src/lock.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'oinr-lock-'));
const lockOf = (folder: string): string => join(folder, '.lock');

async function holdLock(folder: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'fixtures', 'holdLock.ts');
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

/** Rewrites a lock as somebody else would have left it. */
function changeLock(folder: string, change: object): void {
  const content = JSON.parse(readFileSync(lockOf(folder), 'utf8'));
  writeFileSync(lockOf(folder), JSON.stringify({ ...content, token: 'other', ...change }));
}

test('two processes cannot lock one folder; the lock of a killed one is taken over at once', async (t) => {
  const folder = newFolder();
  const holder = await holdLock(folder);
  const error = await t.throwsAsync(lockFolder(folder), { instanceOf: FolderLockedError });
  t.true(error?.message.includes(folder));
  t.regex(error?.message ?? '', new RegExp(`process ${holder.pid}.*another place`));
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  t.true(existsSync(lockOf(folder)));
  const lock = await lockFolder(folder);
  await lock.release();
  t.false(existsSync(lockOf(folder)));
});

test('the lock of another process that now has the same number is stale', async (t) => {
  if (!existsSync('/proc/self/stat')) {
    t.log('skipped: this system does not say when processes began');
    t.pass();
    return;
  }
  const folder = newFolder();
  const first = await lockFolder(folder);
  const { processStart } = JSON.parse(readFileSync(lockOf(folder), 'utf8'));
  changeLock(folder, { processStart: processStart.replace(/^\d+/, '1') });
  const second = await lockFolder(folder);
  await t.throwsAsync(first.check(), { instanceOf: FolderLockedError });
  await first.release();
  t.true(existsSync(lockOf(folder)), 'the first holder no longer owns the lock and must not remove it');
  await second.check();
  await second.release();
});

test('a lock of another machine is kept while its mark moves, whatever the clocks say, and taken over when it stands still', async (t) => {
  const folder = newFolder();
  await (await lockFolder(folder)).release();
  const times = { gone: 600, renew: 50 };
  for (const elsewhere of [{ machine: 'elsewhere' }, { processStart: '1@another-boot' }]) {
    const own = await lockFolder(folder);
    changeLock(folder, elsewhere);
    await own.release();
    // A holder whose clock is decades behind.
    let beat = 1;
    const timer = setInterval(() => utimesSync(lockOf(folder), beat, beat++), 50);
    await t.throwsAsync(lockFolder(folder, times), {
      instanceOf: FolderLockedError,
      message: /another machine/,
    });
    clearInterval(timer);
    let watched = 0;
    const taken = await lockFolder(folder, { ...times, onWatch: (seconds) => (watched = seconds) });
    t.is(watched, 1);
    await taken.release();
  }
});

test('a holder renews its mark', async (t) => {
  const folder = newFolder();
  const holder = await lockFolder(folder, { renew: 50 });
  changeLock(folder, { token: JSON.parse(readFileSync(lockOf(folder), 'utf8')).token, machine: 'elsewhere' });
  // Seen from another machine, as it were: the holder is this very process.
  await t.throwsAsync(lockFolder(folder, { gone: 600 }), { instanceOf: FolderLockedError });
  await holder.release();
});

test('of many that find a stale lock, one gets it', async (t) => {
  const folder = newFolder();
  await lockFolder(folder);
  changeLock(folder, { pid: 2 ** 22 + 1 });
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
  t.is(attempts.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('a lock that was removed is noticed before results are published', async (t) => {
  const folder = newFolder();
  const lock = await lockFolder(folder);
  rmSync(lockOf(folder));
  await t.throwsAsync(lock.check(), { instanceOf: FolderLockedError, message: /was removed/ });
});

test('a folder that cannot be made is one sentence that names it', async (t) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'file'), '');
  await t.throwsAsync(lockFolder(join(folder, 'file', 'out')), {
    instanceOf: FileWriteError,
    message: /file.out could not be written: .*file/,
  });
});

test('a file or folder of that name that is no lock is not removed', async (t) => {
  for (const make of [
    (path: string) => writeFileSync(path, 'my own notes'),
    (path: string) => writeFileSync(path, '{"token": "x"}'),
    (path: string) => mkdirSync(path),
  ]) {
    const folder = newFolder();
    make(lockOf(folder));
    await t.throwsAsync(lockFolder(folder), {
      instanceOf: FolderLockedError,
      message: /\.lock is no lock that this program has written/,
    });
    t.true(existsSync(lockOf(folder)));
  }
});

test('watching the lock of another machine can be stopped', async (t) => {
  const folder = newFolder();
  const own = await lockFolder(folder);
  changeLock(folder, { machine: 'elsewhere' });
  const stopper = new AbortController();
  const onWatch = () => stopper.abort(new Error('stopped by the test'));
  await t.throwsAsync(lockFolder(folder, { signal: stopper.signal, onWatch }), {
    message: 'stopped by the test',
  });
  await own.release();
});
