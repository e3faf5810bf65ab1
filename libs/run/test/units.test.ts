import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openRunFolder } from '../src/folder.ts';
import { runUnits, type TaskOutcome } from '../src/index.ts';
import type { FixturePlan, FixtureTask } from './fixtures/unitWorker.ts';

const entry = new URL('./fixtures/unitWorker.ts', import.meta.url);
const newOut = (): string => mkdtempSync(join(tmpdir(), 'oinr-units-'));

interface Ran {
  readonly outcomes: readonly TaskOutcome<{ square: number }>[];
  readonly isStopped: boolean;
  readonly stopReason?: string;
  /** What was really done. */
  readonly diary: readonly string[];
  readonly log: string;
}

async function run(out: string, tasks: readonly FixtureTask[], option = 1, jobs = 1): Promise<Ran> {
  const diary = join(out, 'diary.txt');
  writeFileSync(diary, '');
  const folder = await openRunFolder({ out, cohort: 'c', run: 'r', stage: 's' });
  await folder.begin({});
  try {
    const { result, ...end } = await runUnits<
      FixturePlan,
      FixtureTask,
      { square: number },
      readonly TaskOutcome<{ square: number }>[]
    >(
      {
        entry,
        plan: { diary, option },
        folder,
        jobs: { jobs, threadsPerJob: 3 },
        kinds: Object.fromEntries(
          ['write', 'fail', 'needed', 'bug', 'full', 'wait'].map((kind) => [kind, { units: 9, guess: 1 }]),
        ),
        things: 'files',
        out: { write: () => true },
      },
      (runner) => Promise.all(tasks.map((task) => runner.task(task, task.id, task.units))),
    );
    const lines = readFileSync(diary, 'utf8').trim().split('\n');
    const log = folder.file('s.log');
    return { outcomes: result, ...end, diary: lines, log: existsSync(log) ? readFileSync(log, 'utf8') : '' };
  } finally {
    await folder.close();
  }
}

test('units are done once for the same inputs: kept rows come back, changed options and lost files are done again', async (t) => {
  const out = newOut();
  const tasks: FixtureTask[] = [{ id: 'a', units: ['write', 'write'] }];
  const first = await run(out, tasks);
  t.deepEqual(first.diary, ['opened with 3 threads', 'a 0 write', 'a 1 write', 'a done']);
  t.deepEqual(
    first.outcomes[0].finished.map(({ row, isReused }) => [row.square, isReused]),
    [
      [0, false],
      [1, false],
    ],
  );
  const again = await run(out, tasks);
  t.deepEqual(again.diary, ['opened with 3 threads', 'a done']);
  t.deepEqual(
    again.outcomes[0].finished.map(({ row, isReused, seconds }) => [row.square, isReused, seconds]),
    [
      [0, true, 0],
      [1, true, 0],
    ],
  );
  rmSync(join(out, 'c', 'r', 'a-1.txt'));
  t.deepEqual((await run(out, tasks)).diary.slice(1), ['a 1 write', 'a done']);
  t.deepEqual((await run(out, tasks, 2)).diary.slice(1), ['a 0 write', 'a 1 write', 'a done']);
});

test('a unit that fails is told and the others go on; one that the rest needs ends its task alone', async (t) => {
  const { outcomes, log, stopReason } = await run(newOut(), [
    { id: 'a', units: ['write', 'fail', 'write'] },
    { id: 'b', units: ['needed', 'write'] },
    { id: 'c', units: ['bug', 'write'] },
  ]);
  t.deepEqual(
    outcomes.map(({ finished, failed }) => [finished.length, failed.map(({ message }) => message)]),
    [
      [2, ['Unit 1 of a cannot be done.']],
      [0, ['Unit 0 of b cannot be done.']],
      [1, ['undefined is no number']],
    ],
  );
  t.is(stopReason, undefined);
  // Where in the code stands in the log for a fault of the program, and for nothing else.
  t.regex(log, /c, unit-0: undefined is no number TypeError/);
  t.regex(log, /a, unit-1: Unit 1 of a cannot be done\. *\n/);
});

test('a full disk ends the run with its reason, since every other unit would meet it too', async (t) => {
  const { outcomes, stopReason, isStopped, diary } = await run(newOut(), [
    { id: 'a', units: ['full', 'write'] },
    // Handed to the worker before anybody knows; what comes after it is not begun.
    { id: 'b', units: ['write'] },
    { id: 'c', units: ['write'] },
  ]);
  t.regex(stopReason ?? '', /x\.nii could not be written/);
  t.false(isStopped);
  t.is(outcomes[0].failed.length, 1);
  t.false(diary.includes('c 0 write'));
  t.like(outcomes[2], { isStopped: true, finished: [] });
});

test.serial('Ctrl-C ends a unit where it can go on; what is not finished is no failure', async (t) => {
  const out = newOut();
  const running = run(out, [{ id: 'a', units: ['write', 'wait', 'write'] }]);
  // Pressed when the unit that waits has begun.
  const diary = join(out, 'diary.txt');
  while (!readFileSync(diary, 'utf8').includes('wait'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  process.emit('SIGINT');
  const { outcomes, isStopped } = await running;
  t.true(isStopped);
  t.like(outcomes[0], { isStopped: true, failed: [] });
  t.is(outcomes[0].finished.length, 1);
});
