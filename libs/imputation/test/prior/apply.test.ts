import { stream } from '@oinr/random';
import { dropSlices, keepEvery } from '@oinr/slices';
import type { ArrayAxis, Volume } from '@oinr/volume';
import test from 'ava';
import { applyPrior, interpolationMethods } from '../../src/index.ts';
import { oinrPrior } from '../../src/methods/prior/oinrPrior.ts';
import { slicesDiffering } from '../support/kept.ts';
import { blobs, cpu, largestDifference, randomModel, reversed } from './support.ts';

const context = { executor: cpu, seed: 1 };
const model = randomModel(3);
const method = oinrPrior({ model: async () => model });

test('kept slices come out bit for bit for uneven patterns along every axis, and the rest is finite', async (t) => {
  const random = stream(5, 'patterns');
  for (const axis of [0, 1, 2, 0, 1, 2] as ArrayAxis[]) {
    const shape = [11 + random.integer(4), 12 + random.integer(4), 13 + random.integer(4)] as const;
    const volume = blobs(shape, random.integer(1000));
    const kept = [...random.permutation(shape[axis])].slice(0, 4 + random.integer(4)).sort((a, b) => a - b);
    const known = dropSlices(volume, axis, kept);
    const { data } = await method.impute(known, context);
    t.true(data.every(Number.isFinite));
    t.deepEqual(slicesDiffering(data, known), []);
  }
});

test('the operator changes missing slices, within the range of the kept ones', async (t) => {
  const volume = blobs([17, 16, 18], 1);
  const known = dropSlices(volume, 1, keepEvery({ length: 16, every: 3 }));
  const { data, details } = await method.impute(known, context);
  const pchip = await interpolationMethods.find(({ name }) => name === 'pchip')?.impute(known, context);
  t.true(largestDifference(data, pchip?.data ?? data) > 1e-3);
  t.is(details.gapsByOperator, 5);
  const [low, high] = [Math.min(...known.data), Math.max(...known.data)];
  t.true(data.every((value) => value >= low && value <= high));
});

test('reversing the slice axis reverses the result', async (t) => {
  for (const axis of [0, 1, 2] as const) {
    const volume = blobs([15, 16, 17], 2);
    const length = volume.grid.shape[axis];
    const kept = [0, 3, 6, 8, 12, length - 1];
    const there = await method.impute(dropSlices(volume, axis, kept), context);
    const mirrored: Volume = { grid: volume.grid, data: reversed(volume.data, volume.grid.shape, axis) };
    const back = kept.map((p) => length - 1 - p).reverse();
    const again = await method.impute(dropSlices(mirrored, axis, back), context);
    const difference = largestDifference(reversed(again.data, volume.grid.shape, axis), there.data);
    t.true(difference < 1e-5, `axis ${axis}: ${difference}`);
  }
});

test('scaling and shifting the intensities scales and shifts the result', async (t) => {
  const volume = blobs([15, 16, 17], 4);
  const kept = keepEvery({ length: 16, every: 4 });
  const { data } = await method.impute(dropSlices(volume, 1, kept), context);
  for (const [factor, shift] of [
    [1000, 0],
    [1e-3, 0],
    [1, 2],
    [3, -1],
  ] as const) {
    const changed = { grid: volume.grid, data: volume.data.map((value) => factor * value + shift) };
    const result = await method.impute(dropSlices(changed, 1, kept), context);
    const expected = data.map((value) => factor * value + shift);
    t.true(largestDifference(result.data, expected) < 2e-5 * Math.max(factor, Math.abs(shift)));
  }
});

test('the order of the array axes does not matter', async (t) => {
  // The same head stored with its slice axis first or last, in-plane axes in the same order.
  const volume = blobs([12, 14, 15], 6);
  const [nx, ny, nz] = volume.grid.shape;
  const turned = new Float32Array(volume.data.length);
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++) turned[y + ny * (z + nz * x)] = volume.data[x + nx * (y + ny * z)] ?? 0;
  const other: Volume = { grid: { ...volume.grid, shape: [ny, nz, nx] }, data: turned };
  const kept = keepEvery({ length: nx, every: 3 });
  const first = await method.impute(dropSlices(volume, 0, kept), context);
  const last = await method.impute(dropSlices(other, 2, kept), context);
  let most = 0;
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++) {
        const [a = 0, b = 0] = [first.data[x + nx * (y + ny * z)], last.data[y + ny * (z + nz * x)]];
        most = Math.max(most, Math.abs(a - b));
      }
  t.true(most < 1e-6);
});

test('a spacing outside what was trained is left to PCHIP, and a remark names the range', async (t) => {
  const volume = blobs([16, 24, 16], 7);
  const known = dropSlices(volume, 1, [0, 12, 23]);
  const { data, remarks } = await method.impute(known, context);
  const pchip = await interpolationMethods.find(({ name }) => name === 'pchip')?.impute(known, context);
  t.deepEqual(data, pchip?.data);
  t.is(remarks.length, 2);
  t.regex(remarks[0] ?? '', /12\.00 mm, and the operator was trained from 1 to 9 mm.*oinr-internal/);
});

test('a constant volume stays constant', async (t) => {
  const volume = blobs([9, 9, 9], 8);
  const known = dropSlices({ grid: volume.grid, data: volume.data.map(() => 7) }, 2, [0, 4, 8]);
  t.true((await applyPrior(known, model, cpu)).data.every((value) => value === 7));
});
