import test from 'ava';
import { loseNothing } from '../support/nothingLost.ts';
import { temporaryFolder } from '../support/study.ts';

for (const seed of [1, 2, 3, 4])
  test.serial(`60 random commands with random faults lose nothing, seed ${seed}`, async (t) => {
    const { lost, ends } = await loseNothing(seed, 60, temporaryFolder());
    t.log(ends);
    t.deepEqual(lost, []);
    t.true(Object.entries(ends).some(([how, count]) => how === 'kill: not finished' && count > 2));
    t.true(Object.keys(ends).includes('no fault: finished'));
    t.true(Object.keys(ends).includes('full disk: not finished'));
  });
