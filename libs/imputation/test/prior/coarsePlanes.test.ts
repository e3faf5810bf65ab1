import { dropSlices, keepEvery } from '@oinr/slices';
import test from 'ava';
import { applyPrior, interpolationMethods } from '../../src/index.ts';
import { averagedPlane, finerPlane } from '../../src/methods/prior/coarsePlanes.ts';
import { slicesDiffering } from '../support/kept.ts';
import { blobs, cpu, largestDifference, randomModel } from './support.ts';

test('averages are over what blocks hold of the plane, and keep the mean of whole blocks', (t) => {
  const values = Float32Array.of(1, 3, 10, 5, 7, 20, 30, 40, 100);
  t.deepEqual(averagedPlane({ values, rows: 3, columns: 3 }, 2), {
    values: Float32Array.of(4, 15, 35, 100),
    rows: 2,
    columns: 2,
  });
  const plane = { values, rows: 3, columns: 3 };
  t.deepEqual(averagedPlane(plane, 1), plane);
});

test('a ramp that was averaged is brought up to the ramp again, but for the outermost half block', (t) => {
  const [rows, columns, factor] = [13, 10, 3];
  const ramp = Float32Array.from(
    { length: rows * columns },
    (_, i) => 2 * Math.floor(i / columns) - 0.5 * (i % columns),
  );
  // Whole blocks only, whose centres are where a mean over a ramp belongs.
  const whole = averagedPlane({ values: ramp, rows: 13, columns: 10 }, factor);
  const { values } = finerPlane(whole, factor, rows, columns);
  for (let row = 1; row < 10; row++)
    for (let column = 1; column < 7; column++)
      t.true(Math.abs(values[row * columns + column] - ramp[row * columns + column]) < 1e-5);
});

test('pixels finer than those of the training are seen as averages, and a remark says so', async (t) => {
  const volume = blobs([40, 19, 42], 4);
  const model = randomModel(3);
  // 0.4 mm pixels, 1.2 mm slices; the operator was trained from 0.5 mm.
  const affine = [0.4, 0, 0, 0, 0, 1.2, 0, 0, 0, 0, 0.4, 0, 0, 0, 0, 1];
  const known = dropSlices(
    { grid: { ...volume.grid, affine }, data: volume.data },
    1,
    keepEvery({ length: 19, every: 3 }),
  );
  const { data, remarks, gaps } = await applyPrior(known, model, cpu);
  t.is(gaps, 6);
  t.regex(remarks.join(), /6 pairs of kept slices the operator saw averages of 2 x 2 pixels \(0\.80 mm\)/);
  t.deepEqual(slicesDiffering(data, known), []);
  const pchip = await interpolationMethods
    .find(({ name }) => name === 'pchip')
    ?.impute(known, { executor: cpu, seed: 1 });
  t.true(largestDifference(data, pchip?.data ?? data) > 1e-3);
});
