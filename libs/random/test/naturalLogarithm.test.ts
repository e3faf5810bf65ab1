import test from 'ava';
import * as fc from 'fast-check';
import { naturalLogarithm } from '../src/naturalLogarithm.ts';

test('agrees with Math.log to a few units in the last place over the whole range', (t) => {
  const close = (x: number): boolean =>
    Math.abs(naturalLogarithm(x) - Math.log(x)) <= 5e-16 * Math.abs(Math.log(x)) + 1e-300;
  fc.assert(fc.property(fc.double({ min: 2 ** -1022, max: Number.MAX_VALUE, noNaN: true }), close), {
    numRuns: 5000,
  });
  fc.assert(fc.property(fc.double({ min: 1e-9, max: 1, minExcluded: true, noNaN: true }), close), {
    numRuns: 5000,
  });
  for (const x of [1 + 2 ** -52, 1 - 2 ** -53, Math.SQRT2, Math.SQRT1_2, 2 ** -104]) t.true(close(x), `${x}`);
  t.is(naturalLogarithm(1), 0);
});

test('refuses what has no logarithm', (t) => {
  for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -1030]) {
    t.throws(() => naturalLogarithm(x), { instanceOf: RangeError, message: /positive, finite, normal/ });
  }
});
