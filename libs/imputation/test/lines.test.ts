import test from 'ava';
import fc from 'fast-check';
import { cubicSpline } from '../src/lines/cubicSpline.ts';
import { linear, nearest } from '../src/lines/linear.ts';
import type { LineInterpolation } from '../src/lines/lines.ts';
import { interpolateLines } from '../src/lines/lines.ts';
import { pchip } from '../src/lines/pchip.ts';

function along(
  knots: readonly number[],
  values: readonly number[],
  positions: readonly number[],
  interpolation: LineInterpolation,
): number[] {
  const lines = { values: Float32Array.from(values), inner: 1, length: knots.length, outer: 1 };
  return [...interpolateLines(lines, knots, positions, interpolation)];
}
const close = (a: readonly number[], b: readonly number[], tolerance = 1e-6): boolean =>
  a.length === b.length &&
  a.every((x, n) => Math.abs(x - (b[n] ?? Number.NaN)) <= tolerance * (1 + Math.abs(x)));
const upTo = (n: number): number[] => Array.from({ length: n }, (_, p) => p);

test('uneven knots: PCHIP and cubic spline give what SciPy gives', (t) => {
  const knots = [1, 3, 4, 8, 9, 13];
  const values = [2, 5, 4.5, 4.5, -1, 7];
  // scipy.interpolate.PchipInterpolator / CubicSpline (not-a-knot) at 0 .. 15, clipped to 1 .. 13.
  t.true(
    close(
      along(knots, values, upTo(16), pchip),
      [2, 2, 4.20833333333, 5, 4.5, 4.5, 4.5, 4.5, 4.5, -1, -0.875, 0, 2.375, 7, 7, 7],
    ),
  );
  t.true(
    close(
      along(knots, values, upTo(16), cubicSpline),
      [
        2, 2, 4.99113233288, 5, 4.5, 5.30235334243, 6.56957708049, 6.80201227831, 4.5, -1, -7.017053206,
        -10.034106412, -6.53410641201, 7, 7, 7,
      ],
    ),
  );
  t.true(close(along([0, 3, 4], [1, 2, 0], upTo(5), pchip), [1, 1.7037037037, 1.96296296296, 2, 0]));
  t.true(close(along([0, 3, 4], [1, 2, 0], upTo(5), cubicSpline), [1, 2.5, 2.83333333333, 2, 0]));
  t.deepEqual(along([0, 3, 4, 6], [1, 2, 0, 5], [0, 1, 2, 5, 9], nearest), [1, 1, 2, 0, 5]);
});

const knots = fc
  .uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 12 })
  .map((list) => list.sort((a, b) => a - b));
const polynomial = (c: readonly number[], x: number): number => c.reduceRight((sum, a) => sum * x + a, 0);
const coefficients = (degree: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: degree + 1, maxLength: degree + 1 });

test('linear, PCHIP and cubic reproduce lines; cubic reproduces cubics; all repeat beyond the ends (property)', (t) => {
  fc.assert(
    fc.property(knots, coefficients(1), coefficients(3), (k, line, cubic) => {
      const [first = 0, last = 0] = [k[0], k.at(-1)];
      const inside = upTo(31).map((x) => Math.min(last, Math.max(first, x)));
      const of = (c: readonly number[], xs: readonly number[]): number[] => xs.map((x) => polynomial(c, x));
      for (const interpolation of [linear, pchip, cubicSpline])
        t.true(close(along(k, of(line, k), upTo(31), interpolation), of(line, inside), 1e-5));
      if (k.length >= 4) {
        // Scaled so that float32 storage of the values is the only error.
        const c = cubic.map((a, n) => a / 30 ** n);
        t.true(close(along(k, of(c, k), upTo(31), cubicSpline), of(c, inside), 1e-3));
      }
    }),
    { numRuns: 100 },
  );
});

test('every interpolation returns the knots bit for bit; PCHIP and linear never leave the range of a gap (property)', (t) => {
  fc.assert(
    fc.property(
      knots.chain((k) =>
        fc.tuple(
          fc.constant(k),
          fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), {
            minLength: k.length,
            maxLength: k.length,
          }),
        ),
      ),
      ([k, values]) => {
        const stored = [...Float32Array.from(values)].map((v) => v + 0);
        for (const interpolation of [nearest, linear, pchip, cubicSpline])
          t.deepEqual(
            along(k, values, k, interpolation).map((v) => v + 0),
            stored,
          );
        for (const interpolation of [linear, pchip]) {
          for (let n = 0; n + 1 < k.length; n++) {
            const low = Math.min(stored[n] ?? 0, stored[n + 1] ?? 0);
            const high = Math.max(stored[n] ?? 0, stored[n + 1] ?? 0);
            const slack = 1e-6 * (1 + Math.max(Math.abs(low), Math.abs(high)));
            const width = (k[n + 1] ?? 0) - (k[n] ?? 0);
            const within = upTo(width + 1).map((step) => (k[n] ?? 0) + step);
            const out = along(k, values, within, interpolation);
            t.true(out.every((v) => v >= low - slack && v <= high + slack));
            const rising = (stored[n + 1] ?? 0) >= (stored[n] ?? 0) ? 1 : -1;
            t.true(
              out.every((v, i) => i === 0 || rising * (v - (out[i - 1] ?? 0)) >= -slack),
              'monotone',
            );
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});
