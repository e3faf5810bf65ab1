import test from 'ava';
import { diceOfHalves, leaveOneOutDice } from '../src/index.ts';
import { synthetic } from './support.ts';

const options = { seed: 1, level: 0.01, threads: 1 };

test('leaving out one of each group costs less with more people, and no pair where there is nobody left to pair', async (t) => {
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [few, many] = await Promise.all(
    [12, 60].map(async (people) => {
      const { values, labels } = synthetic({ people, voxels: 600, effect: 1.2 });
      return leaveOneOutDice(values, { labels }, { ...options, most: 8 });
    }),
  );
  t.is(few.length, 6);
  t.is(many.length, 8);
  t.true(mean(few) < mean(many) && mean(many) < 1, `${mean(few)} ${mean(many)}`);
});

test('a copy agrees in every half, noise agrees less, and what shows nothing has no Dice', async (t) => {
  const people = { people: 40, voxels: 500, effect: 1.2 };
  const copy = synthetic(people);
  const noisy = synthetic({ ...people, change: (value, noise) => value + noise });
  const ofCopy = await diceOfHalves(copy.values, { labels: copy.labels }, { ...options, halves: 6 });
  t.deepEqual(ofCopy, Array(6).fill(1));
  const ofNoisy = await diceOfHalves(noisy.values, { labels: noisy.labels }, { ...options, halves: 6 });
  t.true(ofNoisy.every((dice) => dice !== undefined && dice > 0.1 && dice < 0.9));
  // Halves differ, and are the same again whatever the number of threads.
  t.true(new Set(ofNoisy).size > 3);
  t.deepEqual(
    await diceOfHalves(noisy.values, { labels: noisy.labels }, { ...options, halves: 6, threads: 2 }),
    ofNoisy,
  );
  const nothing = synthetic({ people: 8, voxels: 3, effect: 0 });
  const ofNothing = await leaveOneOutDice(
    nothing.values,
    { labels: nothing.labels },
    { ...options, level: 1e-9, most: 3 },
  );
  t.deepEqual(ofNothing, []);
});
