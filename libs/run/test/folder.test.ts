import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openRunFolder } from '../src/folder.ts';
import { hideFolders, RunError, readRunRecord } from '../src/index.ts';
import { takeLock } from '../src/lock.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'oinr-folder-'));

async function holdLock(path: string): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'fixtures', 'holdLock.ts');
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

test('two runs cannot write one folder; the lock of a killed run is taken over', async (t) => {
  const path = join(folder(), '.lock');
  const holder = await holdLock(path);
  const error = await t.throwsAsync(takeLock(path), { instanceOf: RunError });
  t.regex(error?.message ?? '', new RegExp(`process ${holder.pid}.*--run`));
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  t.true(existsSync(path));
  const lock = await takeLock(path);
  await lock.release();
  t.false(existsSync(path));
});

test('a lock of another process that now has the same number is stale', async (t) => {
  const path = join(folder(), '.lock');
  const first = await takeLock(path);
  const content = JSON.parse(readFileSync(path, 'utf8'));
  t.false(/host|user/i.test(JSON.stringify(Object.keys(content))));
  writeFileSync(path, JSON.stringify({ ...content, token: 'other', processStart: '1@another-boot' }));
  if (existsSync('/proc/self/stat')) {
    const second = await takeLock(path);
    await first.release();
    t.true(existsSync(path), 'the first holder no longer owns the lock and must not remove it');
    await second.release();
  }
  t.pass();
});

test('of many that find a stale lock, one gets it', async (t) => {
  const path = join(folder(), '.lock');
  await takeLock(path);
  const content = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...content, token: 'dead', pid: 2 ** 22 + 1 }));
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path)));
  t.is(attempts.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('run.json keeps the stages of a run apart', async (t) => {
  const out = folder();
  const impute = await openRunFolder({ out, cohort: 'phantom', run: 'a', stage: 'impute' });
  await impute.begin({ options: { seed: 1 } });
  t.is((await readRunRecord(impute.path)).stages.impute?.status, 'running');
  await t.throwsAsync(openRunFolder({ out, cohort: 'phantom', run: 'a', stage: 'impute' }), {
    message: /Another run/,
  });
  await impute.end('complete', { options: { seed: 1 } });
  await impute.close();
  const compare = await openRunFolder({ out, cohort: 'phantom', run: 'a', stage: 'compare' });
  await compare.begin({ options: { alpha: 0.05 } });
  const record = await readRunRecord(compare.path);
  t.is(record.stages.impute?.status, 'complete');
  t.is(record.stages.compare?.status, 'running');
  await compare.close();
});

test('a run name cannot leave the reports folder, and a file in the way is one sentence', async (t) => {
  const out = folder();
  await t.throwsAsync(openRunFolder({ out, cohort: 'phantom', run: '../../x', stage: 'impute' }), {
    message: /path separator/,
  });
  writeFileSync(join(out, 'phantom'), '');
  const error = await t.throwsAsync(openRunFolder({ out, cohort: 'phantom', run: 'a', stage: 'impute' }));
  t.regex(error?.message ?? '', /^.*phantom.* could not be written: .*file.*\.$/);
});

test('the log carries no source folder and one line per event', async (t) => {
  const out = folder();
  const hide = hideFolders(['/home/someone/study', '/home/someone']);
  const run = await openRunFolder({ out, cohort: 'c', run: 'r', stage: 'impute', hide });
  run.log.write('cannot read /home/someone/study/sub-01/x.nii\nin /home/someone');
  run.log.write(
    'nor /mnt/hospital/ward-3/y.nii (C:\\Users\\Doe\\z.nii), as of 4/18/2006; see https://a.org/b/c',
  );
  await run.close();
  const text = readFileSync(join(run.path, 'impute.log'), 'utf8');
  t.regex(
    text,
    /^\S+Z cannot read sub-01\/x\.nii in the source folder\n\S+Z nor y\.nii \(z\.nii\), as of 4\/18\/2006; see https:\/\/a\.org\/b\/c\n$/,
  );
});
