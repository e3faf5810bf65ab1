import test from 'ava';
import fc from 'fast-check';
import { attenuation, compareDetections, groupDifference, matchPeaks, testedInAll } from '../src/index.ts';

test('detections: a hand-counted example', (t) => {
  const reference = Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0, 0, 0);
  const candidate = Uint8Array.of(1, 1, 1, 0, 1, 0, 0, 0, 0, 0);
  const found = compareDetections(reference, candidate);
  t.is(found.dice, 6 / 8);
  t.is(found.sensitivity, 3 / 4);
  t.is(found.typeTwoError, 1 / 4);
  t.is(found.oneMinusPrecision, 1 / 4);
  t.is(found.typeOneError, 1 / 6);
  const tested = Uint8Array.of(1, 0, 1, 1, 1, 1, 0, 0, 0, 0);
  const among = compareDetections(reference, candidate, tested);
  t.deepEqual([among.reference, among.candidate, among.both, among.tested], [3, 3, 2, 5]);
});

test('detections: nothing to find gives no rate instead of NaN or a perfect score', (t) => {
  const none = new Uint8Array(4);
  const all = new Uint8Array(4).fill(1);
  t.is(compareDetections(none, none).dice, undefined);
  t.is(compareDetections(none, all).sensitivity, undefined);
  t.is(compareDetections(none, all).oneMinusPrecision, 1);
  t.is(compareDetections(all, none).oneMinusPrecision, undefined);
  t.is(compareDetections(all, all).typeOneError, undefined);
});

test('a voxel is tested where every map is finite', (t) => {
  t.deepEqual(
    [
      ...testedInAll([
        [1, Number.NaN, 3],
        [1, 2, Number.POSITIVE_INFINITY],
      ]),
    ],
    [1, 0, 0],
  );
});

test('detections: Dice is symmetric, and rates are those of the counts', (t) => {
  const sets = fc
    .integer({ min: 1, max: 60 })
    .chain((length) =>
      fc.tuple(
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: length, maxLength: length }),
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: length, maxLength: length }),
      ),
    );
  fc.assert(
    fc.property(sets, ([a, b]) => {
      const one = compareDetections(Uint8Array.from(a), Uint8Array.from(b));
      const other = compareDetections(Uint8Array.from(b), Uint8Array.from(a));
      t.is(one.dice, other.dice);
      if (one.sensitivity !== undefined && other.oneMinusPrecision !== undefined)
        t.true(Math.abs(one.sensitivity - (1 - other.oneMinusPrecision)) < 1e-12);
    }),
  );
});

test('maps of other sizes are refused with a sentence', (t) => {
  t.throws(() => compareDetections(new Uint8Array(3), new Uint8Array(4)), { message: /3 and 4 voxels/ });
  t.throws(() => attenuation([1, 2], [1, 2, 3]), { message: /2 and 3 voxels/ });
});

test('attenuation recovers slope, intercept and correlation, and leaves out NaN', (t) => {
  const full = [-2, -1, 0, 1, 2, Number.NaN, 7];
  const imputed = full.map((value) => 0.8 * value + 0.1);
  imputed[6] = Number.POSITIVE_INFINITY;
  const line = attenuation(full, imputed);
  t.is(line.voxels, 5);
  t.true(Math.abs((line.slope ?? 0) - 0.8) < 1e-12);
  t.true(Math.abs((line.intercept ?? 0) - 0.1) < 1e-12);
  t.true(Math.abs((line.correlation ?? 0) - 1) < 1e-12);
  // Large offsets keep their digits: a one-pass formula would not.
  const shifted = attenuation([1e9 + 1, 1e9 + 2, 1e9 + 4], [1, 2, 4]);
  t.true(Math.abs((shifted.slope ?? 0) - 1) < 1e-9);
  t.is(attenuation([3, 3, 3], [1, 2, 3]).slope, undefined);
  t.is(attenuation([1, 2, 3], [5, 5, 5]).correlation, undefined);
  t.is(attenuation([], []).rootMeanSquareDifference, undefined);
});

test('peaks: the closest pair goes first, signs never mix, each peak is used once', (t) => {
  const peak = (t: number, x: number, y = 0) => ({ t, position: [x, y, 0] as const });
  const lines = matchPeaks(
    [peak(9, 0), peak(8, 10), peak(-7, 50), peak(6, 200)],
    [peak(5, 6), peak(7, 9), peak(6, 50)],
    20,
  );
  t.deepEqual(
    lines.map((line) => [line.reference?.t, line.candidate?.t, line.distance]),
    [
      [9, 5, 6],
      [8, 7, 1],
      [-7, undefined, undefined],
      [6, undefined, undefined],
      [undefined, 6, undefined],
    ],
  );
});

test('the difference between groups follows Welch (values checked against scipy.stats.ttest_ind)', (t) => {
  const result = groupDifference([1, 2, 3, 4], [2, 2, 5]);
  t.is(result.difference, 2.5 - 3);
  t.true(Math.abs((result.standardError ?? 0) - Math.sqrt(5 / 12 + 1)) < 1e-12);
  t.true(Math.abs((result.degreesOfFreedom ?? 0) - 3.597510373443984) < 1e-12);
  t.is(groupDifference([1], [2, 3]).standardError, undefined);
  t.is(groupDifference([1, 1], [2, 2]).degreesOfFreedom, undefined);
  t.is(groupDifference([], [2, 3]).difference, undefined);
});
