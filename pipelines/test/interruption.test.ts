// More kills, and kills within a fit, are in long/interruption.test.ts.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { allUnits, countRecords, finishedVolumes, subjects, untilUnits, words } from './support/kills.ts';
import { filesBelow, results, runImpute, startImpute, temporaryFolder, tinyStudy } from './support/study.ts';

test('killed (SIGKILL) in the middle and resumed: the same bytes, and nothing finished is done again', async (t) => {
  const root = await tinyStudy(subjects);
  const undisturbed = temporaryFolder();
  t.is((await runImpute(words(root, undisturbed))).code, 0);
  const out = temporaryFolder();
  const run = join(out, 'bids', 'default');
  const { child, finished } = startImpute(words(root, out));
  await untilUnits(run, allUnits / 3, () => child.exitCode !== null);
  child.kill('SIGKILL');
  await finished;
  const before = finishedVolumes(run);
  const last = await runImpute(words(root, out));
  t.is(last.code, 0, last.error);
  t.true(before.size > 0);
  for (const [path, written] of before)
    t.is(statSync(join(run, path), { bigint: true }).mtimeNs, written, `${path} was written again`);
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

test('a second run on the same folder is refused while the first is at work', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const out = temporaryFolder();
  const { child, finished } = startImpute(words(root, out));
  const lock = join(out, 'bids', 'default', '.lock');
  while (!existsSync(lock) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = await runImpute(words(root, out));
  if (child.exitCode === null) {
    t.is(second.code, 1);
    t.regex(second.error, /Another run is writing \S+bids.default \(process/);
  } else t.log('the first run was already over');
  t.is((await finished).code, 0);
});
