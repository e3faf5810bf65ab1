import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import test from 'ava';
import {
  filesBelow,
  results,
  runImpute,
  scanPath,
  startImpute,
  temporaryFolder,
  tinyAffine,
  tinyHead,
  tinyStudy,
} from './support/study.ts';

const subjects = ['01', '02', '03', '04', '05', '06'];
const words = (root: string, out: string) => [
  ...['--cohort', 'bids', '--root', root, '--out', out, '--jobs', '2'],
  ...['--method', 'nearest', 'linear', 'pchip', 'cubic', '--k', '2', '3', '4'],
];
const allUnits = subjects.length * 4 * 3;

/** Files that finished units have written, with the time of writing. */
function finishedVolumes(run: string): Map<string, bigint> {
  const records = join(run, '.resume', 'impute');
  const finished = new Map<string, bigint>();
  if (!existsSync(records)) return finished;
  for (const file of filesBelow(records).filter((name) => name.endsWith('.json'))) {
    const record = JSON.parse(readFileSync(join(records, file), 'utf8'));
    for (const { path } of record.outputs)
      finished.set(path, statSync(join(run, path), { bigint: true }).mtimeNs);
  }
  return finished;
}

function countRecords(run: string): number {
  const records = join(run, '.resume', 'impute');
  if (!existsSync(records)) return 0;
  return readdirSync(records, { recursive: true }).filter((name) =>
    /[^/\\.][^/\\]*\.json$/.test(String(name)),
  ).length;
}

/** Waits until a number of units is finished, or the process has ended. */
async function untilUnits(run: string, count: number, isOver: () => boolean): Promise<void> {
  while (!isOver() && countRecords(run) < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('killed (SIGKILL) at random moments and resumed: the same bytes, and nothing finished is done again', async (t) => {
  const seed = Date.now() % 100_000;
  t.log(`seed ${seed}`);
  const random = stream(seed, 'kills');
  const root = await tinyStudy(subjects);
  const undisturbed = temporaryFolder();
  t.is((await runImpute(words(root, undisturbed))).code, 0);

  const out = temporaryFolder();
  const run = join(out, 'bids', 'default');
  for (let kill = 0; kill < 4; kill += 1) {
    const before = finishedVolumes(run);
    const { child, finished } = startImpute(words(root, out));
    await untilUnits(
      run,
      Math.min(allUnits - 4, before.size / 2 + random.integer(14)),
      () => child.exitCode !== null,
    );
    await new Promise((resolve) => setTimeout(resolve, random.integer(60)));
    child.kill('SIGKILL');
    await finished;
    for (const [path, written] of before) {
      t.is(statSync(join(run, path), { bigint: true }).mtimeNs, written, `${path} was written again`);
    }
  }
  const last = await runImpute(words(root, out));
  t.is(last.code, 0, last.error);
  t.deepEqual(await results(run), await results(join(undisturbed, 'bids', 'default')));
  t.false(filesBelow(run).some((file) => file.endsWith('.partial')));
  t.false(existsSync(join(run, '.lock')));
});

test('Ctrl-C ends cleanly: status 130, tables of what is finished, and the next run goes on', async (t) => {
  const root = await tinyStudy(subjects);
  const out = temporaryFolder();
  const run = join(out, 'bids', 'default');
  const { child, finished } = startImpute(words(root, out));
  await untilUnits(run, 3, () => child.exitCode !== null);
  child.kill('SIGINT');
  const stopped = await finished;
  t.is(stopped.code, 130, stopped.error);
  t.regex(stopped.out, /Stopped before the end\. Run the same command again/);
  t.is(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).stages.impute.status, 'stopped');
  t.false(existsSync(join(run, '.lock')));
  const done = countRecords(run);
  t.true(done >= 3 && done < allUnits);
  const resumed = await runImpute(words(root, out));
  t.is(resumed.code, 0);
  const { stages } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
  t.is(stages.impute.unitsFinished, allUnits);
  t.is(stages.impute.unitsReused, done);
});

test('killed (SIGKILL) within a fit, then stopped by Ctrl-C within it: it goes on, to the same bytes', async (t) => {
  const root = await tinyStudy(['01']);
  // Large enough that the fit outlasts a few of its checkpoints.
  const shape = [52, 25, 48] as const;
  await writeVolume(scanPath(root, '01'), { grid: { shape, affine: tinyAffine }, data: tinyHead(1, shape) });
  const fit = (out: string) => [
    ...['--cohort', 'bids', '--root', root, '--out', out, '--jobs', '1', '--engine', 'cpu'],
    ...['--method', 'oinr', '--k', '2'],
  ];
  const undisturbed = temporaryFolder();
  t.is((await runImpute(fit(undisturbed))).code, 0);

  const out = temporaryFolder();
  const run = join(out, 'bids', 'default');
  const fits = join(run, '.resume', 'impute', '_fits');
  const kept = () =>
    existsSync(fits) ? filesBelow(fits).filter((file) => file.endsWith('.safetensors')) : [];
  const lastWritten = () => Math.max(0, ...kept().map((file) => statSync(join(fits, file)).mtimeMs));
  const interrupt = async (signal: 'SIGKILL' | 'SIGINT') => {
    const before = lastWritten();
    const { child, finished } = startImpute(fit(out));
    while (child.exitCode === null && lastWritten() <= before)
      await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill(signal);
    return finished;
  };
  await interrupt('SIGKILL');
  t.is(kept().length, 1, 'the fit was kept');
  const stopped = await interrupt('SIGINT');
  t.is(stopped.code, 130, stopped.error);
  t.is(kept().length, 1);
  t.is(countRecords(run), 0, 'no unit was finished');
  const last = await runImpute(fit(out));
  t.is(last.code, 0, last.error);
  t.regex(readFileSync(join(run, 'impute.log'), 'utf8'), /the fit of oinr-k2 goes on after step [1-9]/);
  t.deepEqual(await results(run), await results(join(undisturbed, 'bids', 'default')));
  t.false(existsSync(fits) && kept().length > 0, 'and is forgotten when the subject is done');
});

test('a second run on the same folder is refused while the first is at work', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const out = temporaryFolder();
  const { child, finished } = startImpute(words(root, out));
  const lock = join(out, 'bids', 'default', '.lock');
  while (!existsSync(lock) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = await runImpute(words(root, out));
  if (child.exitCode === null) {
    t.is(second.code, 1);
    t.regex(second.error, /Another run is writing this folder/);
  } else t.log('the first run was already over');
  t.is((await finished).code, 0);
});
