import { stream } from '@oinr/random';
import type { ArrayAxis } from '@oinr/volume';
import test from 'ava';
import { sliceIntensities } from '../src/index.ts';

/** A ball of tissue with a bright core, a slowly varying bias and some noise; slice n along `axis` times factors[n]. */
function head(
  axis: ArrayAxis,
  factors: readonly number[],
  seed: number,
): { data: Float32Array; shape: readonly [number, number, number] } {
  const sides = [30, 32, 34];
  sides[axis] = factors.length;
  const shape = sides as unknown as readonly [number, number, number];
  const random = stream(seed, 'head');
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  let i = 0;
  for (let z = 0; z < shape[2]; z++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[0]; x++, i++) {
        const place = [x, y, z];
        const [u, v, w] = place.map((at, a) => (2 * at) / (shape[a] - 1) - 1);
        const radius = Math.hypot(u, v, w);
        const tissue = radius < 0.5 ? 100 : radius < 0.95 ? 70 : 0;
        const bias = 1 + 0.1 * u - 0.08 * v * w;
        data[i] = factors[place[axis]] * tissue * bias * (1 + 0.01 * random.normal());
      }
  return { data, shape };
}

const turns = (count: number, even: number, odd: number): number[] =>
  Array.from({ length: count }, (_, n) => (n % 2 === 0 ? even : odd));

test('even and odd slices that differ are found to a percent, along every axis', (t) => {
  for (const axis of [0, 1, 2] as const) {
    const { data, shape } = head(axis, turns(21, 1.04, 0.95), axis);
    const { factors, evenOverOdd, outstanding } = sliceIntensities(data, shape, axis);
    t.true(Math.abs(evenOverOdd / (1.04 / 0.95) - 1) < 0.01);
    t.deepEqual(outstanding, []);
    // The factors undo it: what is left between neighbours is below a percent.
    for (let n = 1; n < 21; n++) {
      const expected = (n % 2 === 0 ? 1.04 / 0.95 : 0.95 / 1.04) as number;
      t.true(Math.abs(factors[n] / factors[n - 1] / expected - 1) < 0.01);
    }
  }
});

test('single slices that stand out are found with their factors, also neighbours and beside a pattern', (t) => {
  const put = turns(25, 1.03, 0.98);
  put[8] *= 0.85;
  put[14] *= 1.12;
  put[15] *= 1.2;
  const { data, shape } = head(2, put, 5);
  const { factors, outstanding } = sliceIntensities(data, shape, 2);
  t.deepEqual(
    [...outstanding].sort((a, b) => a - b),
    [8, 14, 15],
  );
  const scale = factors[0] / put[0];
  for (const [n, factor] of factors.entries()) t.true(Math.abs(factor / put[n] / scale - 1) < 0.01);
});

test('a scan without stripes gets factors of exactly 1, whatever its bias and its noise', (t) => {
  for (const axis of [0, 1, 2] as const) {
    const { data, shape } = head(axis, Array(20).fill(1), 7 + axis);
    t.deepEqual(sliceIntensities(data, shape, axis), {
      factors: Array(20).fill(1),
      evenOverOdd: 1,
      outstanding: [],
    });
  }
});

test('too few slices, an empty and a constant volume tell nothing', (t) => {
  const { data, shape } = head(2, turns(4, 1.1, 0.9), 1);
  t.is(sliceIntensities(data, shape, 2).evenOverOdd, 1);
  for (const value of [0, 7])
    t.deepEqual(
      sliceIntensities(new Float32Array(1000).fill(value), [10, 10, 10], 1).factors,
      Array(10).fill(1),
    );
});
