// Several processes share the people of a stage, in one folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '@oinr/files';
import test from 'ava';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { subjects, untilUnits, words } from './support/kills.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { results, runImpute, startImpute, temporaryFolder, tinyStudy } from './support/study.ts';

test('parts that run at once, one of them killed and given again, end in the bytes of one run', async (t) => {
  const root = await tinyStudy(subjects);
  const whole = temporaryFolder();
  t.is((await runImpute(words(root, whole))).code, 0);
  const out = temporaryFolder();
  const run = join(out, 'bids', 'default');
  const part = (n: number) => startImpute([...words(root, out), '--shard', `${n}/3`]);
  const [killed, ...others] = [1, 2, 3].map(part);
  await untilUnits(run, 1, () => killed.child.exitCode !== null);
  killed.child.kill('SIGKILL');
  await killed.finished;
  for (const { finished } of others) {
    const ended = await finished;
    t.is(ended.code, 0, ended.error);
    t.regex(ended.out, /Part [23] of 3 is done: \d subjects? of \d+\. When all parts are done/);
  }
  t.false(existsSync(join(run, 'tables')));
  const again = await part(1).finished;
  t.is(again.code, 0, again.error);
  const joined = await runImpute(words(root, out));
  t.is(joined.code, 0, joined.error);
  t.notRegex(joined.out, /\d imputed/);
  t.deepEqual(await results(run), await results(join(whole, 'bids', 'default')));
});

test('whoever does all of a stage waits for its parts, whose results would be thrown away; and a part for who does all', async (t) => {
  const root = await tinyStudy(subjects);
  const out = temporaryFolder();
  const run = join(out, 'bids', 'default');
  const part = await lockFolder(join(run, '.resume', 'impute.shards', '2-of-3'));
  const whole = await runImpute(words(root, out));
  t.is(whole.code, 1);
  t.regex(whole.error, /Another run is writing .*2-of-3 \(process \d+/);
  const other = await startImpute([...words(root, out), '--shard', '1/3']).finished;
  t.is(other.code, 0, other.error);
  await part.release();
  const all = await lockFolder(run);
  const refused = await startImpute([...words(root, out), '--shard', '3/3']).finished;
  t.is(refused.code, 1);
  t.regex(refused.error, /Another run is writing .*default \(process \d+/);
  await all.release();
});

test('a part without people is no failure, and a part that does not exist is refused', async (t) => {
  const root = await tinyStudy(subjects);
  const out = temporaryFolder();
  const empty = await startImpute([...words(root, out), '--shard', '40/40']).finished;
  t.is(empty.code, 0, empty.error);
  t.regex(empty.out, /Part 40 of 40 is done: 0 subjects/);
  const refused = (stage: 'impute' | 'study', shard: string) =>
    t.throwsAsync(
      runStage(stage, ['--cohort', 'bids', '--root', root, '--shard', shard], contextOf(recordedTerminal())),
    );
  for (const wrong of ['4/3', '0/3', '3', '1/0', 'a/b'])
    t.regex(
      (await refused('impute', wrong))?.message ?? '',
      /--shard needs the number of this part and the number of parts, such as 3\/20/,
    );
  // A study is one process: what its stages have done in parts before it finds done.
  t.regex((await refused('study', '1/2'))?.message ?? '', /--shard/);
});
