import { InputError } from '@oinr/errors';
import test from 'ava';
import { worthOf } from '../src/index.ts';
import { synthetic } from './support.ts';

const few = { seed: 1, splits: 10, samples: 60, splitsOfSample: 2 };

test('a copy is worth one scan, in any unit, and so is its mirror image minus one', async (t) => {
  for (const [change, expected] of [
    [(value: number) => 5 * value + 100, 1],
    [(value: number) => 20 - value, -1],
  ] as const) {
    const { values, labels } = synthetic({ people: 20, voxels: 400, effect: 0.8, change });
    const { worth = 0, low = 0, high = 0 } = await worthOf(values, labels, few);
    for (const one of [worth, low, high]) t.true(Math.abs(one - expected) < 1e-3, String(one));
  }
});

test('noise of the variance of people makes a scan worth half a one; a mean over two independent scans worth two', async (t) => {
  const noisy = synthetic({
    people: 80,
    voxels: 3000,
    effect: 0.7,
    change: (value, noise) => value + noise,
  });
  const half = await worthOf(noisy.values, noisy.labels, few);
  t.true(Math.abs((half.worth ?? 0) - 0.5) < 0.05, String(half.worth));
  t.true((half.low ?? 1) < 0.5 && (half.high ?? 0) > 0.5);
  // The other way round: what was full is the noisy one.
  const { full, imputed } = noisy.values;
  const double = await worthOf({ full: imputed, imputed: full }, noisy.labels, few);
  t.true(Math.abs((double.worth ?? 0) - 2) < 0.2, String(double.worth));
});

test('the truth as weights gives the same, and people without an effect give no number to be trusted', async (t) => {
  const { values, labels } = synthetic({
    people: 60,
    voxels: 2000,
    effect: 0.7,
    effectVoxels: 500,
    change: (value, noise) => value + noise,
  });
  const trueEffect = Float32Array.from({ length: 2000 }, (_, voxel) => (voxel < 500 ? -3 : 0));
  const { worth = 0, worthInTruth = 0 } = await worthOf(values, labels, { ...few, trueEffect });
  t.true(Math.abs(worthInTruth - 0.5) < 0.1, String(worthInTruth));
  t.true(Math.abs(worth - worthInTruth) < 0.15);
  const none = synthetic({ people: 60, voxels: 2000, effect: 0, change: (_, noise) => noise });
  const { worth: ofNone, low, high } = await worthOf(none.values, none.labels, few);
  t.is(ofNone === undefined, low === undefined, 'no number without an interval');
  t.true(low === undefined || high === undefined || high - low > 0.5);
});

test('no person gives weights and effect of one half, and too few people are refused', async (t) => {
  const { values, labels } = synthetic({ people: 11, voxels: 10, effect: 1 });
  const { halves } = await worthOf(values, labels, few);
  t.is(halves.length, 10);
  for (const half of halves)
    for (const label of [0, 1]) {
      const sizes = [0, 1].map(
        (side) => half.filter((one, person) => one === side && labels[person] === label).length,
      );
      t.true(Math.abs(sizes[0] - sizes[1]) <= 1);
    }
  const small = synthetic({ people: 6, voxels: 10, effect: 1 });
  await t.throwsAsync(() => worthOf(small.values, small.labels, few), {
    instanceOf: InputError,
    message: /at least 4 people in each group, but there are 3 and 3/,
  });
});
