import { join } from 'node:path';
import { readVolume } from '@oinr/nifti';
import { acquireSlices, dropSlices, type KeptSlices, keepEvery } from '@oinr/slices';
import { crop, type Volume } from '@oinr/volume';
import test from 'ava';
import { errorMaps, relativeComplexity } from '../src/errorMaps.ts';
import { interpolateVolume } from '../src/lines/interpolateVolume.ts';
import { linear } from '../src/lines/linear.ts';
import { texture } from './support/texture.ts';

const truth = texture([18, 21, 20]);
const kept = keepEvery({ length: 21, every: 3 });
const thin = dropSlices(truth, 1, kept);
const mse = 25;
const sliceOf = (i: number): number => Math.floor(i / 18) % 21;
const near = (a: Float32Array, b: readonly number[] | Float32Array): boolean =>
  a.every((value, i) => Math.abs(value - b[i]) <= 1e-4 * Math.max(1, Math.abs(b[i])));

test('measured slices have no half width, all others have, and that for 95 % is the larger', (t) => {
  const { s68, s95 } = errorMaps(thin, 'linear', mse);
  for (let i = 0; i < s68.length; i++) {
    const isMeasured = kept.includes(sliceOf(i));
    t.is(s68[i] === 0 && s95[i] === 0, isMeasured);
    if (!isMeasured && s95[i] <= s68[i]) t.fail(`voxel ${i}`);
  }
  const thick = acquireSlices(truth, 1, kept, { kind: 'box', thickness: 3 });
  t.true(errorMaps(thick, 'linear', mse).s68.every((value) => value > 0));
});

test('half widths grow with the root of the error and with the unit of intensities; an offset changes nothing', (t) => {
  const { s68 } = errorMaps(thin, 'oinr-prior', mse);
  t.true(
    near(
      errorMaps(thin, 'oinr-prior', 4 * mse).s68,
      s68.map((value) => 2 * value),
    ),
  );
  const other: KeptSlices = { ...thin, data: thin.data.map((value) => 10 * value + 500) };
  t.true(
    near(
      errorMaps(other, 'oinr-prior', 100 * mse).s68,
      s68.map((value) => 10 * value),
    ),
  );
});

test('a whole head has curves of its own: smooth tissue is farther off than in a brain without its skull', (t) => {
  // The same texture in a box of which nothing, and of which most is empty.
  const inAir = (share: number): KeptSlices => {
    const data = truth.data.map((value, i) => (i % 18 < share * 18 ? 0 : 100 + value));
    // What is shown reaches from corner to corner.
    data[0] = 100;
    return dropSlices({ grid: truth.grid, data }, 1, kept);
  };
  const [head, brain] = [inAir(0.2), inAir(0.7)].map((known) => {
    const complexity = relativeComplexity(known);
    const { s68 } = errorMaps(known, 'linear', mse);
    const least = s68.reduce(
      (a, value, i) => (complexity?.[i] && value < a ? value : a),
      Number.POSITIVE_INFINITY,
    );
    return least / Math.sqrt(mse);
  });
  t.true(Math.abs(head - 0.239) < 1e-3 && Math.abs(brain - 0.172) < 1e-3, `${head}, ${brain}`);
});

test('seen from the other end the maps are turned about', (t) => {
  const turned = (data: Float32Array, length: number): Float32Array =>
    data.map((_, i) => {
      const slice = Math.floor(i / 18) % length;
      return data[i + 18 * (length - 1 - 2 * slice)];
    });
  // 0, 3, .., 18 of 21 slices: turned about these are 2, 5, .., 20.
  const other: KeptSlices = {
    ...thin,
    kept: kept.map((n) => 20 - n).reverse(),
    data: turned(thin.data, kept.length),
  };
  const { s95 } = errorMaps(thin, 'linear', mse);
  t.true(near(errorMaps(other, 'linear', mse).s95, turned(s95, 21)));
});

test('where two kept slices are alike less is expected than where they differ', (t) => {
  const data = new Float32Array(18 * 4 * 20);
  for (let i = 0; i < data.length; i++) {
    const n = Math.floor(i / 18) % 4;
    data[i] = 50 + ((i * 7919) % 13) + (n === 3 ? 40 : 0);
  }
  const stack: KeptSlices = {
    grid: { ...truth.grid, shape: [18, 10, 20] },
    axis: 1,
    kept: [0, 3, 6, 9],
    data,
  };
  const { s68 } = errorMaps(stack, 'linear', mse);
  const at = (slice: number): number => s68[9 + 18 * (slice + 10 * 10)];
  t.true(at(1) < at(7));
  t.is(at(7), at(8));
});

test('constant slices have no half widths', (t) => {
  const constant = { ...thin, data: new Float32Array(thin.data.length).fill(4) };
  t.true(errorMaps(constant, 'linear', mse).s95.every((value) => value === 0));
});

test('on the brain that comes with the repository the truth lies within them as often as they say', async (t) => {
  const file = join(import.meta.dirname, '../../../cohorts/phantom-base/colin27_brain_1mm.nii.gz');
  const whole = await readVolume(file);
  const [nx, ny, nz] = whole.grid.shape;
  const brain: Volume = crop(whole, { start: [Math.floor(nx / 4), 30, 30], shape: [50, ny - 60, nz - 60] });
  const every = 4;
  const known = dropSlices(brain, 1, keepEvery({ length: ny - 60, every }));
  const filled = interpolateVolume(known, linear);
  const scale = brain.data.toSorted()[Math.floor(0.995 * brain.data.length)];
  const counted = [...brain.data.keys()].filter(
    (i) => brain.data[i] > 0.02 * scale && (Math.floor(i / 50) % (ny - 60)) % every !== 0,
  );
  const error = (i: number): number => filled[i] - brain.data[i];
  const own = counted.reduce((sum, i) => sum + error(i) ** 2, 0) / counted.length;
  const { s68, s95 } = errorMaps(known, 'linear', own);
  const within = (map: Float32Array): number =>
    counted.filter((i) => Math.abs(error(i)) <= map[i]).length / counted.length;
  t.true(within(s68) > 0.6 && within(s68) < 0.76, `${within(s68)}`);
  t.true(within(s95) > 0.92 && within(s95) < 0.98, `${within(s95)}`);
});
