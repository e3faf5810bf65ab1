import { join } from 'node:path';
import test from 'ava';
import { TaskFailure, WorkerPool } from '../src/pool.ts';
import type { FixtureTask } from './fixtures/worker.ts';

const entry = join(import.meta.dirname, 'fixtures', 'worker.ts');
const newPool = (jobs: number, onOutput?: (line: string) => void, env?: Record<string, string>) =>
  new WorkerPool<FixtureTask, number, { half: number; pid: number }>({ entry, jobs, onOutput, env });
const ignore = () => undefined;

test('tasks run in at most `jobs` processes and each gets its own answer', async (t) => {
  const pool = newPool(2);
  const pids = new Set<number>();
  const values = [1, 2, 3, 4, 5, 6];
  const squares = values.map((value) => pool.run({ do: 'square', value }, ({ pid }) => pids.add(pid)));
  t.deepEqual(await Promise.all(squares), [1, 4, 9, 16, 25, 36]);
  t.true(pids.size <= 2 && !pids.has(process.pid));
  await pool.close();
});

test('a process that dies fails its own task only, and the others are done by a new one', async (t) => {
  const pool = newPool(1);
  const tasks: FixtureTask[] = [
    { do: 'die', value: 1 },
    { do: 'square', value: 2 },
    { do: 'exit', value: 3 },
    { do: 'throw', value: 4 },
    { do: 'fullDisk', value: 5 },
    { do: 'square', value: 6 },
  ];
  const results = await Promise.allSettled(tasks.map((task) => pool.run(task, ignore)));
  const failure = (index: number): TaskFailure => {
    const result = results[index];
    if (result?.status !== 'rejected' || !(result.reason instanceof TaskFailure))
      throw new Error('no failure');
    return result.reason;
  };
  t.regex(failure(0).message, /SIGKILL, most often because memory ran out/);
  t.regex(failure(2).message, /exit code 7/);
  t.is(failure(3).message, 'bad value 4');
  t.regex(failure(3).trace, /TypeError.*fixtures\/worker\.ts/s);
  t.true(failure(4).stopsTheRun);
  t.false(failure(3).stopsTheRun);
  t.like(results[1], { status: 'fulfilled', value: 4 });
  t.like(results[5], { status: 'fulfilled', value: 36 });
  await pool.close();
});

test('a task that fills the heap is reported and does not hang the run', async (t) => {
  const pool = newPool(1, undefined, { NODE_OPTIONS: '--max-old-space-size=48' });
  const error = await t.throwsAsync(pool.run({ do: 'hoard', value: 1 }, ignore));
  t.regex(error?.message ?? '', /memory ran out; try again with fewer --jobs/);
  await pool.close();
});

test('stopping ends running tasks, rejects waiting and later ones, and calls none of them a failure', async (t) => {
  const pool = newPool(1);
  const settled = await new Promise<PromiseSettledResult<number>[]>((resolve) => {
    const running = pool.run({ do: 'wait', value: 1 }, () => pool.stop());
    const waiting = pool.run({ do: 'square', value: 2 }, ignore);
    resolve(Promise.allSettled([running, waiting]));
  });
  for (const result of settled) t.true(result.status === 'rejected' && result.reason.stopped);
  const error = await t.throwsAsync(pool.run({ do: 'square', value: 3 }, ignore), {
    instanceOf: TaskFailure,
  });
  t.true(error?.stopped);
  await pool.close();
});

test('killing ends a task that does not listen', async (t) => {
  const pool = newPool(1);
  const error = await t.throwsAsync(
    pool.run({ do: 'spin', value: 1 }, () => pool.kill()),
    { instanceOf: TaskFailure },
  );
  t.true(error?.stopped);
  await pool.close();
});

test('what a worker prints reaches the log, not the terminal', async (t) => {
  const lines: string[] = [];
  const pool = newPool(1, (line) => lines.push(line));
  await pool.run({ do: 'print', value: 1 }, ignore);
  await pool.close();
  t.deepEqual(lines, ['a library says 1']);
});
