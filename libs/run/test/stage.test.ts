import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { interruptible, runStage, type StageStatus } from '../src/index.ts';

function request() {
  const printed: string[] = [];
  const out = mkdtempSync(join(tmpdir(), 'oinr-stage-'));
  const terminal = { out: { write: (text: string) => printed.push(text) } };
  const hide = (text: string) => text.replaceAll('/home/somebody/', '');
  return { out, cohort: 'c', run: 'r', stage: 's', hide, terminal, printed };
}

test('a stage says lines to terminal and log without what is hidden, and its end decides the exit status', async (t) => {
  for (const [status, expected] of [
    ['complete', 0],
    ['complete with failures', 1],
    ['failed', 1],
    ['stopped', 130],
  ] as const) {
    const { printed, ...asked } = request();
    const code = await runStage(asked, async ({ folder, say }): Promise<StageStatus> => {
      t.true(existsSync(folder.file('.lock')));
      say('Reading /home/somebody/scan.nii.');
      return status;
    });
    t.is(code, expected);
    t.deepEqual(printed, ['Reading scan.nii.\n']);
    const log = readFileSync(join(asked.out, 'c', 'r', 's.log'), 'utf8');
    t.regex(log, new RegExp(`Reading scan\\.nii\\.\\n.*The stage ended: ${status}\\.\\n$`));
    t.false(existsSync(join(asked.out, 'c', 'r', '.lock')));
  }
});

test('a stage that throws gives its folder back', async (t) => {
  const { printed: _, ...asked } = request();
  const broken = () => Promise.reject(new Error('broken'));
  await t.throwsAsync(runStage(asked, broken), { message: 'broken' });
  t.false(existsSync(join(asked.out, 'c', 'r', '.lock')));
});

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
