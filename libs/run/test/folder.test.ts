import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { openRunFolder } from '../src/folder.ts';
import { hideFolders, readRunRecord } from '../src/index.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'oinr-folder-'));

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

test('a folder that somebody else has filled is no run folder', async (t) => {
  const out = folder();
  mkdirSync(join(out, 'phantom', 'a'), { recursive: true });
  writeFileSync(join(out, 'phantom', 'a', 'notes.txt'), 'mine');
  await t.throwsAsync(openRunFolder({ out, cohort: 'phantom', run: 'a', stage: 'impute' }), {
    message: /phantom.a holds notes\.txt but no whole run\.json .* --run/,
  });
});

test('results of a whole run stay until all new ones are there, however often a repetition is stopped', async (t) => {
  const request = { out: folder(), cohort: 'phantom', run: 'a', stage: 'impute' };
  const repeat = async (status: 'complete' | 'stopped' | 'running', content: string): Promise<string> => {
    const run = await openRunFolder(request);
    await run.begin({});
    writeFileSync(prepared(run.draft('mse.tsv')), content);
    await run.publishAt(status);
    if (status !== 'running') await run.end(status, {});
    await run.close();
    return readFileSync(run.file('mse.tsv'), 'utf8');
  };
  t.is(await repeat('stopped', 'half'), 'half', 'a first run shows what it has');
  t.is(await repeat('complete', 'one'), 'one');
  t.is(await repeat('stopped', 'half'), 'one');
  t.is(await repeat('running', 'half'), 'one');
  t.is(await repeat('stopped', 'half'), 'one');
  t.is(await repeat('complete', 'two'), 'two');
});

function prepared(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}
