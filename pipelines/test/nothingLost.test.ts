import { rmSync } from 'node:fs';
import test from 'ava';
import { loseNothing } from './support/nothingLost.ts';
import { temporaryFolder } from './support/study.ts';

test('random commands with random faults lose no file that a finished command or the user has left', async (t) => {
  const seed = Number(process.env.OINR_TEST_SEED ?? Date.now() % 1e9);
  console.log(`nothing lost: OINR_TEST_SEED=${seed}`);
  const folder = temporaryFolder();
  const { lost, ends } = await loseNothing(seed, 10, folder);
  t.log(ends);
  t.deepEqual(lost, []);
  rmSync(folder, { recursive: true, force: true });
});
