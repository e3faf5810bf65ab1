import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exitStatus, readRunRecord, runInFolder, stoppable } from '../src/index.ts';
import { interruptible } from '../src/stage.ts';

function request() {
  const printed: string[] = [];
  const out = mkdtempSync(join(tmpdir(), 'oinr-stage-'));
  const terminal = { out: { write: (text: string) => printed.push(text) } };
  const hide = (text: string) => text.replaceAll('/home/somebody/', '');
  const details = { config: { seed: 1 } };
  return { out, cohort: 'c', run: 'r', stage: 's', hide, terminal, details, printed };
}

test('a stage says lines to terminal and log without what is hidden, and its end decides the exit status', async (t) => {
  for (const [status, expected] of [
    ['complete', 0],
    ['complete with failures', 1],
    ['failed', 1],
    ['stopped', 130],
  ] as const) {
    const { printed, ...asked } = request();
    const ending = await runInFolder(asked, async ({ folder, say }) => {
      t.true(existsSync(folder.file('.lock')));
      t.like((await readRunRecord(folder.path)).stages.s, { status: 'running', config: { seed: 1 } });
      say('Reading /home/somebody/scan.nii.');
      return { status, record: { voxels: 7 } };
    });
    t.is(exitStatus(ending.status), expected);
    const { stages } = await readRunRecord(join(asked.out, 'c', 'r'));
    t.like(stages.s, { status, config: { seed: 1 }, voxels: 7 });
    t.deepEqual(printed, ['Reading scan.nii.\n']);
    const log = readFileSync(join(asked.out, 'c', 'r', 's.log'), 'utf8');
    t.regex(log, new RegExp(`Reading scan\\.nii\\.\\n.*The stage ended: ${status}\\.\\n$`));
    t.false(existsSync(join(asked.out, 'c', 'r', '.lock')));
  }
});

test('a stage that throws gives its folder back', async (t) => {
  const { printed: _, ...asked } = request();
  const broken = () => Promise.reject(new Error('broken'));
  await t.throwsAsync(runInFolder(asked, broken), { message: 'broken' });
  t.false(existsSync(join(asked.out, 'c', 'r', '.lock')));
  const { stages } = await readRunRecord(join(asked.out, 'c', 'r'));
  t.like(stages.s, { status: 'failed', reason: 'broken', config: { seed: 1 } });
});

test.serial(
  'work in this process that was stopped has no result, and what it throws by itself is thrown',
  async (t) => {
    const progress = { say: () => undefined };
    t.deepEqual(await stoppable(progress, async () => 7), { isStopped: false, result: 7 });
    await t.throwsAsync(
      stoppable(progress, () => Promise.reject(new Error('broken'))),
      { message: 'broken' },
    );
    const stopped = await stoppable(progress, async (signal) => {
      process.emit('SIGINT');
      signal.throwIfAborted();
    });
    t.deepEqual(stopped, { isStopped: true });
  },
);

test.serial(
  'Ctrl-C aborts the work and stops the pool; pool and progress are closed however it ends',
  async (t) => {
    const seen: string[] = [];
    const pool = {
      stop: () => void seen.push('stop'),
      kill: () => void seen.push('kill'),
      close: async () => void seen.push('close pool'),
    };
    const progress = {
      say: (line: string) => seen.push(line.slice(0, 8)),
      close: () => void seen.push('close progress'),
    };
    const listeners = process.listenerCount('SIGINT');
    const isStopped = await interruptible({ pool, progress }, async (signal) => {
      t.false(signal.aborted);
      process.emit('SIGINT');
      t.throws(() => signal.throwIfAborted(), { message: /the same command goes on from there/ });
      return signal.aborted;
    });
    t.true(isStopped);
    t.deepEqual(seen, ['stop', 'Stopping', 'close pool', 'close progress']);
    t.is(process.listenerCount('SIGINT'), listeners);

    seen.length = 0;
    await t.throwsAsync(interruptible({ pool, progress }, () => Promise.reject(new Error('broken'))));
    t.deepEqual(seen, ['close pool', 'close progress']);
    t.is(process.listenerCount('SIGINT'), listeners);
  },
);
