import { InputError } from '@oinr/errors';
import test from 'ava';
import * as fc from 'fast-check';
import type { RandomStream } from '../src/index.ts';
import { stream } from '../src/index.ts';

const draw = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);

// Golden values from an implementation apart from this one: Python's hashlib and big integers, xoroshiro128+ (24, 16,
// 37) as published by Blackman and Vigna, low words of its output.
test('the words are those of an independent implementation', (t) => {
  const words = stream(1, 'phantom', 'sub-003');
  t.deepEqual(
    draw(4, () => words.uint32()),
    [3370470274, 632481492, 3844657140, 2205334851],
  );
  t.is(stream(1).uint32(), 692499431);
});

test('uniforms, integers and permutations are those of an independent implementation', (t) => {
  const uniforms = stream(-7, 'ä"\n', 12);
  t.deepEqual(
    draw(3, () => uniforms.uniform()),
    [0.6157431733598635, 0.3812253479062482, 0.9700815268544402],
  );
  const small = stream(3, 'integers');
  t.deepEqual(
    draw(12, () => small.integer(10)),
    [4, 8, 8, 4, 0, 2, 2, 8, 2, 2, 9, 3],
  );
  const large = stream(3, 'large');
  t.deepEqual(
    draw(4, () => large.integer(3e9)),
    [796356028, 2096072557, 814405197, 1073125479],
  );
  t.deepEqual([...stream(5, 'order').permutation(10)], [8, 4, 3, 6, 0, 2, 1, 5, 9, 7]);
});

test('normals are those of an independent implementation, to the last bits', (t) => {
  const normals = stream(42, 'noise');
  const expected = [
    -0.6791611598710974, 0.16255117475152814, -0.1879438911214775, 0.043816777382176195, -0.23353805502493252,
  ];
  for (const value of expected) t.true(Math.abs(normals.normal() - value) < 4e-16);
});

test('a stream depends on its name alone, not on what others drew', (t) => {
  const alone = draw(20, () => 0);
  const quiet = stream(9, 'subject', 2);
  for (let i = 0; i < 20; i++) alone[i] = quiet.normal();
  const first = stream(9, 'subject', 1);
  const second = stream(9, 'subject', 2);
  for (let i = 0; i < 20; i++) {
    first.permutation(i + 3);
    t.is(second.normal(), alone[i]);
  }
});

test('names that look alike are different streams', (t) => {
  const names: (string | number)[][] = [
    [],
    [0],
    ['0'],
    ['a', 'b'],
    ['ab'],
    ['a,b'],
    ['a","b'],
    [1, 2],
    [12],
    ['', 1],
    [1, ''],
    [-1],
    ['é'],
    ['e\u0301'],
    ['\ud800'],
    ['\ud801'],
  ];
  const firsts = names.map((name) => stream(1, ...name).uint32());
  firsts.push(stream(2).uint32());
  t.is(new Set(firsts).size, names.length + 1);
});

/** Chi-square of counts against equal expectation; its mean is cells - 1, its variance 2 (cells - 1). */
function chiSquareZ(counts: ArrayLike<number>): number {
  const cells = counts.length;
  const expected = Array.from(counts).reduce((sum, count) => sum + count, 0) / cells;
  const statistic = Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (statistic - (cells - 1)) / Math.sqrt(2 * (cells - 1));
}

test('uniforms are even over the interval, over pairs and in the lowest bits', (t) => {
  const uniforms = stream(11, 'chi-square');
  const single = new Int32Array(256);
  const pairs = new Int32Array(32 * 32);
  const lowest = new Int32Array(256);
  let previous = uniforms.uniform();
  for (let i = 0; i < 400_000; i++) {
    const value = uniforms.uniform();
    single[Math.floor(value * 256)] = (single[Math.floor(value * 256)] ?? 0) + 1;
    const pair = Math.floor(previous * 32) * 32 + Math.floor(value * 32);
    pairs[pair] = (pairs[pair] ?? 0) + 1;
    const low = (value * 2 ** 53) % 256;
    lowest[low] = (lowest[low] ?? 0) + 1;
    previous = value;
  }
  for (const counts of [single, pairs, lowest]) t.true(Math.abs(chiSquareZ(counts)) < 4);
});

test('streams with neighbouring names are uncorrelated and their first values even', (t) => {
  const firsts = new Int32Array(64);
  let sum = 0;
  const count = 6000;
  let previous: RandomStream = stream(77, 0);
  let before = previous.uniform() - 0.5;
  for (let index = 1; index <= count; index++) {
    const current = stream(77, index);
    const value = current.uniform();
    firsts[Math.floor(value * 64)] = (firsts[Math.floor(value * 64)] ?? 0) + 1;
    sum += before * (value - 0.5) * 12;
    before = value - 0.5;
    previous = current;
  }
  t.true(Math.abs(chiSquareZ(firsts)) < 4);
  t.true(Math.abs(sum / Math.sqrt(count)) < 4);
  t.not(previous.uniform(), stream(77, count).uniform());
});

test('normals have the moments, tails and lag correlation of the normal distribution', (t) => {
  const normals = stream(13, 'moments');
  const n = 400_000;
  const moments = [0, 0, 0, 0];
  let beyondTwo = 0;
  let lag = 0;
  let previous = 0;
  for (let i = 0; i < n; i++) {
    const value = normals.normal();
    let power = 1;
    for (let m = 0; m < 4; m++) {
      power *= value;
      moments[m] = (moments[m] ?? 0) + power / n;
    }
    if (Math.abs(value) > 1.959963984540054) beyondTwo++;
    lag += (value * previous) / n;
    previous = value;
  }
  // Expected 0, 1, 0, 3 with standard errors sqrt(1, 2, 15, 96) / sqrt(n).
  const expected = [0, 1, 0, 3];
  const variance = [1, 2, 15, 96];
  for (let m = 0; m < 4; m++) {
    const z = ((moments[m] ?? 0) - (expected[m] ?? 0)) / Math.sqrt((variance[m] ?? 1) / n);
    t.true(Math.abs(z) < 4, `moment ${m + 1} is off by ${z} standard errors`);
  }
  t.true(Math.abs(beyondTwo / n - 0.05) < 4 * Math.sqrt((0.05 * 0.95) / n));
  t.true(Math.abs(lag * Math.sqrt(n)) < 4);
});

test('every order of four items is equally likely, and shuffle keeps the items', (t) => {
  const orders = stream(17, 'orders');
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = orders.permutation(4).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  t.is(counts.size, 24);
  t.true(Math.abs(chiSquareZ([...counts.values()])) < 4);
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const sorted = [...items].sort((a, b) => a - b);
      const copy = [...items];
      t.is(stream(seed).shuffle(copy), copy);
      t.deepEqual(
        copy.sort((a, b) => a - b),
        sorted,
      );
    }),
  );
});

test('integers stay in range and are unbiased where 2^32 is no multiple of n', (t) => {
  // With plain scaling of one word, n = 3 2^30 would give a third of the values half the weight of the others.
  const integers = stream(19, 'range');
  const thirds = new Int32Array(3);
  const n = 3 * 2 ** 30;
  for (let i = 0; i < 60_000; i++) {
    const value = integers.integer(n);
    thirds[value % 3] = (thirds[value % 3] ?? 0) + 1;
  }
  t.true(Math.abs(chiSquareZ(thirds)) < 4);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer(), (bound, seed) => {
      const value = stream(seed).integer(bound);
      return Number.isInteger(value) && value >= 0 && value < bound;
    }),
  );
  t.is(stream(1).integer(1), 0);
});

test('uniformIn keeps to its half-open interval', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      (low, width) => {
        const high = low + width;
        const value = stream(23, 'in').uniformIn(low, high);
        return value >= low && value < high;
      },
    ),
  );
  t.is(stream(1).uniformIn(2, 2), 2);
});

test('bad names and bounds are refused with a sentence', (t) => {
  for (const seed of [Number.NaN, 1.5, Number.POSITIVE_INFINITY, 2 ** 53]) {
    t.throws(() => stream(seed), { instanceOf: InputError, message: /named by integers and texts/ });
    t.throws(() => stream(1, 'x', seed), { instanceOf: InputError });
  }
  for (const n of [0, -1, 2.5, Number.NaN, 2 ** 32 + 1]) {
    t.throws(() => stream(1).integer(n), { instanceOf: RangeError, message: /integer\(n\)/ });
  }
  t.throws(() => stream(1).permutation(-1), { instanceOf: RangeError });
  t.throws(() => stream(1).uniformIn(1, 0), { instanceOf: RangeError });
  t.throws(() => stream(1).uniformIn(0, Number.NaN), { instanceOf: RangeError });
});
