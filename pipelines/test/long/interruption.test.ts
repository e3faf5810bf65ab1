import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import test from 'ava';
import { allUnits, countRecords, finishedVolumes, subjects, untilUnits, words } from '../support/kills.ts';
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
} from '../support/study.ts';

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

test('the same bytes for any number of jobs and threads, trained methods included', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const runs = await Promise.all(
    ['1', '2'].map(async (jobs) => {
      const out = temporaryFolder();
      const words = ['--cohort', 'bids', '--root', root, '--out', out, '--k', '3', '--jobs', jobs];
      const { code, error } = await runImpute([...words, '--method', 'oinr', 'oinr-internal']);
      t.is(code, 0, error);
      return results(join(out, 'bids', 'default'));
    }),
  );
  t.deepEqual(runs[0], runs[1]);
  t.is(Object.keys(runs[0] ?? {}).filter((file) => file.endsWith('.nii.gz')).length, 4);
});
