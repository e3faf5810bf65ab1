// A whole study (impute, compare, report), killed at random moments and started again.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream } from '@oinr/random';
import { readTsv } from '@oinr/tables';
import test from 'ava';
import { filesBelow, startStage, temporaryFolder, tinyStudy } from '../support/study.ts';

const words = (root: string, out: string): string[] => [
  ...['--cohort', 'bids', '--root', root, '--out', out, '--jobs', '1'],
  ...['--method', 'linear', 'pchip', '--k', '2', '3', '--show-subjects'],
];

/** What measures time, by name: the only things in which two runs of a study may differ. */
const times = {
  record: ['started', 'ended', 'seconds', 'unitsReused'],
  column: 'seconds',
  fact: /(<th scope="row">(?:impute|compare): ended, seconds<\/th><td[^>]*>)[^<]*/g,
};

/**
 * Every file of a run but logs, what only a resumption needs, and the list of files written, which keeps a line of what a
 * kill cut off; as text or hash, times left out.
 */
async function contents(run: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const file of filesBelow(run)) {
    if (file.startsWith('.resume/') || file.endsWith('.log') || file === '.written.sha256') continue;
    const path = join(run, file);
    const bytes = readFileSync(path);
    if (file === 'run.json') {
      const isTime = (key: string): boolean => times.record.includes(key);
      found[file] = JSON.stringify(JSON.parse(String(bytes), (key, value) => (isTime(key) ? 0 : value)));
    } else if (file === 'tables/mse.tsv' || file === 'tables/datasets.tsv') {
      const { rows } = await readTsv(path);
      found[file] = JSON.stringify(rows.map((row) => ({ ...row, [times.column]: '' })));
    } else {
      const timeless = file === 'report.html' ? String(bytes).replace(times.fact, '$1') : bytes;
      found[file] = createHash('sha256').update(timeless).digest('hex');
    }
  }
  return found;
}

/** How far a study has come: files of finished units, statistic maps and figures that are there. */
function progressOf(run: string): number {
  if (!existsSync(run)) return 0;
  return filesBelow(run).filter((file) => /^(\.resume\/impute\/.*json|group\/.*gz|figures\/.*)$/.test(file))
    .length;
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

test('a study killed (SIGKILL) at random moments and resumed ends with the bytes of one left alone', async (t) => {
  const seed = Date.now() % 100_000;
  t.log(`seed ${seed}`);
  const random = stream(seed, 'kills of a study');
  const root = await tinyStudy(['01', '02', '03', '04', '05', '06'], [], ['CN', 'AD']);
  const whole = temporaryFolder();
  const undisturbed = await startStage('study', words(root, whole)).finished;
  t.is(undisturbed.code, 0, undisturbed.error);
  const far = progressOf(join(whole, 'bids', 'default'));

  const out = temporaryFolder();
  const run = join(out, 'bids', 'default');
  let killed = 0;
  // One kill in each third of the way, which is about one in each stage.
  for (const third of [0, 1, 2]) {
    const { child, finished } = startStage('study', words(root, out));
    const target = (far * (third + random.uniform())) / 3;
    while (child.exitCode === null && progressOf(run) < target) await pause(20);
    await pause(random.integer(40));
    child.kill('SIGKILL');
    if ((await finished).code === null) killed += 1;
  }
  // The last one may come when the report has just been written.
  t.true(killed >= 2);
  const last = await startStage('study', words(root, out)).finished;
  t.is(last.code, 0, last.error);
  t.deepEqual(await contents(run), await contents(join(whole, 'bids', 'default')));
});
