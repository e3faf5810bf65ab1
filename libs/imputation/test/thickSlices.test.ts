import { openExecutor } from '@oinr/engines';
import { acquireSlices, dropSlices, keepEvery, type SliceProfile } from '@oinr/slices';
import type { Volume } from '@oinr/volume';
import test from 'ava';
import { findMethod, interpolationMethods, shippedPriorModel } from '../src/index.ts';
import type { KeptSlices } from '../src/method.ts';
import { auto } from '../src/methods/auto.ts';
import { acquiredPlanes } from '../src/methods/internal/acquiredPlanes.ts';
import { cornerShares } from '../src/methods/internal/imputeInternally.ts';
import { oinrInternal } from '../src/methods/internal/oinrInternal.ts';
import type { InternalSettings } from '../src/methods/internal/settings.ts';
import { oinrPriorInternal } from '../src/methods/prior/oinrPriorInternal.ts';
import { keptPlanes } from '../src/planes/keptPlanes.ts';
import { reproduceSlices } from '../src/thickSlices.ts';
import { slicesDiffering } from './support/kept.ts';
import { texture } from './support/texture.ts';

const context = { executor: await openExecutor('cpu'), seed: 3 };
const settings = (): InternalSettings => ({
  hidden: [8, 8],
  steps: 300,
  batch: 1,
  gaps: 12,
  columns: 24,
  learningRates: [1e-2, 1e-3],
});
const box: SliceProfile = { kind: 'box', thickness: 2 };
const truth = texture([24, 28, 26], 2);
const kept = keepEvery({ length: 28, every: 2 });
const thick = acquireSlices(truth, 1, kept, box);
const { profile: _, ...takenForThin } = thick;

const error = (filled: Float32Array): number =>
  filled.reduce((sum, value, i) => sum + (value - (truth.data[i] ?? 0)) ** 2, 0) / filled.length;
/** Root mean square of what the volume, averaged like the scan, lacks of the acquired slices. */
const inconsistency = (known: KeptSlices, data: Float32Array): number => {
  const again = acquireSlices({ grid: known.grid, data }, known.axis, known.kept, box).data;
  return Math.sqrt(
    again.reduce((sum, value, i) => sum + (value - (known.data[i] ?? 0)) ** 2, 0) / again.length,
  );
};

test('every interpolation comes nearer to the acquired averages and to the truth where it is told they are averages', async (t) => {
  for (const { name } of interpolationMethods) {
    const method = findMethod(name);
    const asThin = (await method.impute(takenForThin, context)).data;
    const asBox = (await method.impute(thick, context)).data;
    t.deepEqual(slicesDiffering(asThin, takenForThin), [], name);
    // Nearest is constant within a slice's thickness already, and so are its averages.
    if (name === 'nearest') continue;
    t.true(inconsistency(thick, asBox) < 0.5 * inconsistency(thick, asThin), name);
    t.true(error(asBox) < 0.95 * error(asThin), `${name}: ${error(asBox)} against ${error(asThin)}`);
    t.true(Math.min(...asBox) >= 0, name);
    t.true(slicesDiffering(asBox, thick).length > 0, `${name}: an average passed for a slice`);
  }
});

test('a volume that gives the acquired slices back is left as it is; thin slices are left alone', (t) => {
  const data = truth.data.slice();
  reproduceSlices(data, thick);
  t.true(data.every((value, i) => Math.abs(value - (truth.data[i] ?? 0)) < 1e-3));
  const samples = dropSlices(truth, 1, kept);
  const other = new Float32Array(truth.data.length).fill(7);
  reproduceSlices(other, samples);
  t.true(other.every((value) => value === 7));
  // A box no wider than its slice is a sample.
  reproduceSlices(other, { ...samples, profile: { kind: 'box', thickness: 1 } });
  t.true(other.every((value) => value === 7));
});

test('oinr-internal learns to undo the averaging: better than every interpolation and than taking averages for samples', async (t) => {
  const method = oinrInternal(settings);
  const asBox = await method.impute(thick, context);
  t.deepEqual(asBox.remarks, []);
  const asThin = await method.impute(takenForThin, context);
  const best = Math.min(
    ...(await Promise.all(
      interpolationMethods.map(async ({ name }) =>
        error((await findMethod(name).impute(thick, context)).data),
      ),
    )),
  );
  t.true(error(asBox.data) < 0.9 * best, `${error(asBox.data)} against ${best}`);
  t.true(error(asBox.data) < 0.85 * error(asThin.data));
  // The slices in the place of the averages are estimated too, and better than the averages are.
  const slicesOf = (data: Float32Array): Volume => ({
    grid: truth.grid,
    data: dropSlices({ grid: truth.grid, data }, 1, kept).data,
  });
  const own = slicesOf(truth.data).data;
  const distance = (a: Float32Array): number =>
    a.reduce((sum, value, i) => sum + (value - (own[i] ?? 0)) ** 2, 0);
  t.true(distance(slicesOf(asBox.data).data) < 0.8 * distance(thick.data));
  t.is(Object.keys(asBox.predicted?.mse ?? {}).length, 5);
});

test('a slice between two learned gaps takes half of what either gives, of whatever size they are', (t) => {
  const learned = [
    { every: 2, runs: [{ first: 0, gaps: 2 }], missing: 2 },
    { every: 3, runs: [{ first: 2, gaps: 2 }], missing: 4 },
  ];
  t.deepEqual(cornerShares(learned, 6), [1, 0.5, 0.5, 0.5, 1, 1]);
});

test('auto predicts for thick slices what it then gets: the order of the methods', async (t) => {
  const candidates = [
    ...interpolationMethods,
    oinrInternal(settings),
    oinrPriorInternal({ shipped: shippedPriorModel }),
  ];
  const { details, predicted } = await auto(candidates).impute(thick, context);
  t.is(details.chosen, 'oinr-internal');
  const { mse } = predicted ?? { mse: {} };
  t.true(mse.linear < mse.nearest);
  t.true(mse['oinr-internal'] < mse.pchip);
  // The operator is tested as it came.
  t.true(mse['oinr-internal'] < mse['oinr-prior']);
  t.false('oinr-prior-internal' in mse);
});

test('in-plane lines are averaged along the direction that stands for the slices, and over as many lines as a slice counts', (t) => {
  const planes = keptPlanes(thick);
  if (!planes) return t.fail();
  const { rows, columns, values } = planes;
  const acquired = acquiredPlanes(planes, { kind: 'box', thickness: 3 }, { rows: 1, columns: 2 });
  const at = (array: Float32Array, row: number, column: number): number =>
    array[2 * rows * columns + row * columns + column] ?? Number.NaN;
  const [row, column] = [10, 9];
  const near = (a: number, b: number): boolean => t.true(Math.abs(a - b) < 1e-5, `${a} ${b}`);
  near(at(acquired.rows, row, column), (at(values, 9, 9) + at(values, 10, 9) + at(values, 11, 9)) / 3);
  // Six lines around the centre: the outermost of seven by half.
  const six = [-3, -2, -1, 0, 1, 2, 3].map(
    (d) => (Math.abs(d) === 3 ? 0.5 : 1) * at(values, row, column + d),
  );
  near(at(acquired.columns, row, column), six.reduce((sum, value) => sum + value, 0) / 6);
  t.is(acquiredPlanes(planes, undefined, { rows: 1, columns: 1 }).rows, values);
});
