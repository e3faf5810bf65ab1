import { openExecutor } from '@oinr/engines';
import { InputError } from '@oinr/errors';
import { acquireSlices, dropSlices, keepEvery, type SliceProfile } from '@oinr/slices';
import test from 'ava';
import type { Imputation, ImputationMethod, MethodContext } from '../src/index.ts';
import { interpolationMethods, methods, SubjectSession, shippedPriorModel } from '../src/index.ts';
import type { KeptSlices } from '../src/method.ts';
import { auto } from '../src/methods/auto.ts';
import { oinrInternal } from '../src/methods/internal/oinrInternal.ts';
import { oinr, oinrPaper } from '../src/methods/oinr/oinr.ts';
import { compactPreset, paperPreset } from '../src/methods/oinr/presets.ts';
import { oinrPrior } from '../src/methods/prior/oinrPrior.ts';
import { oinrPriorInternal } from '../src/methods/prior/oinrPriorInternal.ts';
import { reproducingThickSlices } from '../src/thickSlices.ts';
import { slicesDiffering } from './support/kept.ts';
import { texture } from './support/texture.ts';

// What every registered method promises. A method that is registered and not named here is held to it as it is; these
// take minutes with their own settings, so that they are tested with fewer steps and smaller networks.
const tiny = { ...compactPreset, octaves: 2, network: { ...compactPreset.network, channels: [8, 8, 1] } };
const narrow = { ...paperPreset, octaves: 2, network: { ...paperPreset.network, channels: [8, 8, 8, 1] } };
const quickMethods: readonly ImputationMethod[] = [
  oinr({ ...tiny, steps: 30 }),
  oinrPaper({ ...narrow, steps: 6, batch: 3, stepsPerCall: 2 }),
  oinrInternal(() => ({
    hidden: [6, 6],
    steps: 40,
    batch: 1,
    gaps: 6,
    columns: 12,
    learningRates: [1e-2, 1e-3],
  })),
  oinrPriorInternal(
    { shipped: shippedPriorModel },
    { steps: 4, batch: 1, learningRates: [1.5e-4, 5e-6], guardBatches: 2 },
  ),
];
const quick = new Map(
  [
    ...quickMethods,
    auto([...interpolationMethods, ...quickMethods, oinrPrior({ shipped: shippedPriorModel })]),
  ].map((method) => [method.name, reproducingThickSlices(method)] as const),
);
console.log(`with fewer steps than their own, which take minutes: ${[...quick.keys()].join(', ')}`);
const all = [...methods.values()].map((method) => quick.get(method.name) ?? method);

const context: MethodContext = { executor: await openExecutor('cpu'), seed: 7 };
const truth = texture([14, 15, 13]);
const box: SliceProfile = { kind: 'box', thickness: 2 };
const thin = dropSlices(truth, 1, keepEvery({ length: 15, every: 2 }));
const thick = acquireSlices(truth, 1, keepEvery({ length: 15, every: 2 }), box);

test('records are complete, and no two methods share a name or a colour', (t) => {
  for (const { name, title, description, needs, isTrained, color } of all) {
    t.regex(name, /^[a-z]+(-[a-z]+)*$/);
    t.regex(title, /^[A-Z]/);
    t.regex(description, /^[a-z].*\.$/, name);
    t.is(isTrained, needs.includes('executor'), `${name}: what networks compute needs an engine`);
    t.regex(color ?? '#000000', /^#[0-9a-f]{6}$/);
  }
  const colors = all.flatMap(({ color }) => color ?? []);
  t.is(new Set(colors).size, colors.length);
  t.is(new Set(all.map(({ name }) => name)).size, all.length);
  t.deepEqual(
    [...quick.keys()].filter((name) => !methods.has(name)),
    [],
  );
});

for (const method of all) {
  const { name } = method;
  const impute = (known: KeptSlices, more: Partial<MethodContext> = {}): Promise<Imputation> =>
    method.impute(known, { ...context, ...more });

  test(`${name} keeps thin slices bit for bit on every axis, gives finite values, and leaves its input alone`, async (t) => {
    for (const axis of [0, 1, 2] as const) {
      const known = dropSlices(truth, axis, [0, 2, 4, 6, 7, 10, 12]);
      const before = known.data.slice();
      const { data } = await impute(known);
      t.is(data.length, truth.data.length);
      t.true(data.every(Number.isFinite));
      t.deepEqual(slicesDiffering(data, known), []);
      t.deepEqual(known.data, before);
    }
  });

  test(`${name} gives thick slices back when its result is averaged as they were`, async (t) => {
    const { data } = await impute(thick);
    t.true(data.every(Number.isFinite));
    const again = acquireSlices({ grid: thick.grid, data }, 1, thick.kept, box).data;
    const rms = (of: (i: number) => number): number =>
      Math.sqrt(thick.data.reduce((sum, _, i) => sum + of(i) ** 2, 0) / thick.data.length);
    const share = rms((i) => again[i] - thick.data[i]) / rms((i) => thick.data[i]);
    // Without back-projection no interpolation comes below 0.09.
    t.true(share < 0.07, `what is missing of the averages is ${share} of them`);
  });

  test(`${name} gives equal results for equal seeds, alone and in a session, and says what it promises to say`, async (t) => {
    const first = await impute(thin);
    t.deepEqual((await impute(thin)).data, first.data);
    const session = new SubjectSession(thin);
    for (let n = 0; n < 2; n++) t.deepEqual((await impute(thin, { session })).data, first.data);
    t.true(first.remarks.every((remark) => /^[A-Z].*\.$/.test(remark)));
    t.true(Number.isInteger(first.steps) && first.steps >= 0);
    t.true(method.isTrained || first.steps === 0);
    t.is(first.predicted !== undefined, method.predicts);
    if (first.predicted === undefined) return;
    t.true(first.predicted.mse.pchip > 0);
    t.true(name === 'auto' || first.predicted.mse[name] > 0);
    t.true(Object.keys(first.predicted.mse).every((other) => methods.has(other)));
  });

  test(`${name} tells its progress, and stops with the reason of its signal`, async (t) => {
    const seen: number[] = [];
    await impute(thin, { onProgress: (done) => seen.push(done) });
    t.true(seen.length > 0);
    t.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    t.true(seen.every((done) => done >= 0 && done <= 1));
    const reason = new Error('Enough.');
    await t.throwsAsync(() => impute(thin, { signal: AbortSignal.abort(reason) }), { is: reason });
    if (!method.isTrained) return;
    const stop = new AbortController();
    const stopping = impute(thin, { signal: stop.signal, onProgress: () => stop.abort(reason) });
    await t.throwsAsync(stopping, { is: reason });
  });

  test(`${name} refuses what it cannot fill with a sentence`, async (t) => {
    await t.throwsAsync(() => impute({ ...thin, kept: [4] }), { message: /At least two slices .*\.$/ });
    await t.throwsAsync(() => impute({ ...thin, data: thin.data.subarray(1) }), {
      instanceOf: InputError,
      message: /have \d+ voxels, but \d+ values were given\.$/,
    });
    const holed = thin.data.slice();
    holed[5] = Number.NaN;
    await t.throwsAsync(() => impute({ ...thin, data: holed }), {
      instanceOf: InputError,
      message: /not finite .*\.$/,
    });
  });
}
