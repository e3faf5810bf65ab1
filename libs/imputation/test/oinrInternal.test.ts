import { openExecutor } from '@oinr/engines';
import { dropSlices, keepEvery } from '@oinr/slices';
import type { ArrayAxis } from '@oinr/volume';
import test from 'ava';
import {
  errorsInIntensities,
  type FitKeeper,
  findMethod,
  interpolationMethods,
  type MethodContext,
  readPredicted,
  SubjectSession,
  shippedPriorModel,
  writtenDetails,
} from '../src/index.ts';
import type { KeptSlices } from '../src/method.ts';
import { auto } from '../src/methods/auto.ts';
import { oinrInternal } from '../src/methods/internal/oinrInternal.ts';
import type { InternalSettings } from '../src/methods/internal/settings.ts';
import { oinrPrior } from '../src/methods/prior/oinrPrior.ts';
import { oinrPriorInternal } from '../src/methods/prior/oinrPriorInternal.ts';
import { bestPredicted, onOneScale, type PredictedErrors } from '../src/predictedErrors.ts';
import { slicesDiffering } from './support/kept.ts';
import { gridOf, missingError, texture } from './support/texture.ts';

const onnx = await openExecutor('cpu');
const reference = await openExecutor('reference');
const context: MethodContext = { executor: onnx, seed: 3 };
const small =
  (steps: number): (() => InternalSettings) =>
  () => ({
    hidden: [8, 8],
    steps,
    batch: 1,
    gaps: 12,
    columns: 24,
    learningRates: [1e-2, 1e-3],
  });
const pchip = findMethod('pchip');
const candidates = (internal: InternalSettings) => [
  ...interpolationMethods,
  oinrInternal(() => internal),
  oinrPrior({ shipped: shippedPriorModel }),
  oinrPriorInternal(
    { shipped: shippedPriorModel },
    { steps: 6, batch: 2, learningRates: [1.5e-4, 5e-6], guardBatches: 4 },
  ),
];

test('a short training beats PCHIP by a wide margin, on every axis', async (t) => {
  for (const axis of [0, 1, 2] as ArrayAxis[]) {
    const truth = texture([24, 26, 28]);
    const kept = keepEvery({ length: truth.grid.shape[axis], every: 2 });
    const known = dropSlices(truth, axis, kept);
    const internal = await oinrInternal(small(150)).impute(known, context);
    const plain = await pchip.impute(known, context);
    const ratio =
      missingError(truth, internal.data, axis, kept) / missingError(truth, plain.data, axis, kept);
    t.true(ratio < 0.9, `axis ${axis}: error over that of PCHIP is ${ratio}`);
    t.deepEqual(internal.remarks, []);
    t.is(internal.steps, 150);
    t.deepEqual(slicesDiffering(internal.data, known), []);
  }
});

test('the float64 reference engine learns the same', async (t) => {
  const truth = texture([20, 20, 20]);
  const kept = keepEvery({ length: 20, every: 2 });
  const known = dropSlices(truth, 1, kept);
  const settings = small(100);
  const slow = await oinrInternal(settings).impute(known, { executor: reference, seed: 3 });
  const fast = await oinrInternal(settings).impute(known, context);
  const plain = missingError(truth, (await pchip.impute(known, context)).data, 1, kept);
  t.true(missingError(truth, slow.data, 1, kept) < plain);
  t.true(missingError(truth, fast.data, 1, kept) < plain);
  const difference = Math.sqrt(missingError({ ...truth, data: slow.data }, fast.data, 1, kept));
  t.true(difference < 0.02 * Math.sqrt(plain), `engines differ by ${difference}`);
});

test('the same seed gives the same bytes, another seed others', async (t) => {
  const truth = texture([16, 18, 16]);
  const known = dropSlices(truth, 1, keepEvery({ length: 18, every: 2 }));
  const run = async (seed: number): Promise<Float32Array> =>
    (await oinrInternal(small(20)).impute(known, { executor: onnx, seed })).data;
  t.deepEqual(await run(5), await run(5));
  t.notDeepEqual(await run(5), await run(6));
});

test('a fit that was stopped goes on where it was kept, to the same bytes, each gap size by itself', async (t) => {
  const truth = texture([26, 30, 28]);
  const known = dropSlices(truth, 1, [0, 2, 4, 6, 8, 10, 12, 14, 17, 20, 23, 26, 29]);
  const whole = await oinrInternal(small(120)).impute(known, context);
  const stop = new AbortController();
  const kept = new Map<string, Awaited<ReturnType<FitKeeper['load']>>>();
  const loaded: (readonly [string, number | undefined])[] = [];
  const keeper = (name: string): FitKeeper => ({
    load: async () => {
      loaded.push([name, kept.get(name)?.state.step]);
      return kept.get(name);
    },
    offer: async (take) => {
      kept.set(name, await take());
      // The second gap size is stopped within its fit.
      if (kept.size === 2) stop.abort();
    },
  });
  const stopped = { ...context, keeper, signal: stop.signal };
  await t.throwsAsync(async () => oinrInternal(small(120)).impute(known, stopped), { name: 'AbortError' });
  const { data } = await oinrInternal(small(120)).impute(known, { ...context, keeper });
  t.deepEqual(data, whole.data);
  t.deepEqual(loaded, [
    ['gaps-3', undefined],
    ['gaps-2', undefined],
    ['gaps-3', 100],
    ['gaps-2', 50],
  ]);
});

test('uneven gaps: each frequent size is learned, rare ones are left to PCHIP with a remark', async (t) => {
  const truth = texture([26, 30, 28]);
  // Gaps of 2 (nine), one of 5 at the end, slices 25 .. 29 beyond the last kept one.
  const kept = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 20, 23];
  const known = dropSlices(truth, 1, kept);
  const { data, remarks } = await oinrInternal(small(80)).impute(known, context);
  const plain = (await pchip.impute(known, context)).data;
  t.true(missingError(truth, data, 1, kept) < missingError(truth, plain, 1, kept));
  t.deepEqual(slicesDiffering(data, known), []);
  t.true(data.every(Number.isFinite));
  // The gap of 3 holds 2 of 11 missing slices inside the range: more than 15 %, so it is learned too.
  t.deepEqual(remarks, []);
  const rare = dropSlices(truth, 1, [...Array.from({ length: 14 }, (_, n) => 2 * n), 29]);
  const left = await oinrInternal(small(20)).impute(rare, context);
  t.regex(left.remarks.join(' '), /PCHIP fills the 2 slices in gaps of 3/);
  const outside = dropSlices({ grid: truth.grid, data }, 1, [24, 29]);
  const last = dropSlices({ grid: truth.grid, data }, 1, [23, 23 + 1]);
  t.deepEqual(
    outside.data.filter((_, i) => Math.floor(i / 26) % 2 === 1),
    last.data.filter((_, i) => Math.floor(i / 26) % 2 === 0),
    'beyond the last kept slice it is repeated',
  );
});

test('tiny, constant, two-slice, negative and pedestal volumes are safe', async (t) => {
  const method = oinrInternal(small(10));
  const impute = async (known: KeptSlices) => {
    const result = await method.impute(known, context);
    t.true(result.data.every(Number.isFinite));
    t.deepEqual(slicesDiffering(result.data, known), []);
    return result;
  };
  const tiny = texture([3, 12, 4]);
  const small3 = await impute(dropSlices(tiny, 1, [0, 3, 6, 9]));
  t.regex(small3.remarks.join(' '), /too small .* to train for gaps of 3 slices: PCHIP was used/);
  t.is(small3.steps, 0);

  const grid = gridOf([16, 16, 16]);
  for (const value of [0, 7, -3]) {
    const constant = await impute({ grid, axis: 2, kept: [0, 8], data: new Float32Array(512).fill(value) });
    t.true(constant.data.every((voxel) => voxel === value));
    t.regex(constant.remarks.join(' '), /constant/);
  }

  const two = texture([24, 5, 24]);
  await impute(dropSlices(two, 1, [1, 3]));

  const shifted = texture([20, 20, 20]);
  const kept = keepEvery({ length: 20, every: 2 });
  for (const move of [(v: number) => v - 500, (v: number) => 1e6 + 1e3 * v, (v: number) => 1e-9 * v]) {
    const data = shifted.data.map(move);
    const known = dropSlices({ grid: shifted.grid, data }, 0, kept);
    const { data: filled } = await impute(known);
    const low = Math.min(0, ...known.data);
    const high = known.data.reduce((a, b) => Math.max(a, b));
    t.true(filled.every((value) => value >= low && value <= high));
  }
});

test('an operator that does not beat PCHIP on held-out lines is not used, and a remark says so', async (t) => {
  const truth = texture([18, 18, 18]);
  const known = dropSlices(truth, 1, keepEvery({ length: 18, every: 2 }));
  // A network that has learned nothing adds nothing, so it cannot be better.
  const untrained = await oinrInternal(small(0)).impute(known, context);
  t.regex(untrained.remarks.join(' '), /did not beat PCHIP .* PCHIP was used/);
  t.deepEqual(untrained.data, (await pchip.impute(known, context)).data);
});

test('training stops when aborted and tells its progress', async (t) => {
  const known = dropSlices(texture([16, 18, 16]), 1, keepEvery({ length: 18, every: 2 }));
  const stop = new AbortController();
  const seen: number[] = [];
  const onProgress = (done: number): void => {
    seen.push(done);
    if (done > 0.2) stop.abort();
  };
  const many = { ...context, signal: stop.signal, onProgress };
  await t.throwsAsync(async () => oinrInternal(small(2000)).impute(known, many), { name: 'AbortError' });
  t.true(seen.length > 1 && (seen.at(-1) ?? 1) < 0.4);
  const whole: number[] = [];
  await oinrInternal(small(60)).impute(known, { ...context, onProgress: (done) => whole.push(done) });
  t.is(whole.at(-1), 1);
  t.deepEqual(
    whole,
    [...whole].sort((a, b) => a - b),
  );
});

test('auto takes the smallest predicted error and lists all predictions', async (t) => {
  const truth = texture([24, 26, 28]);
  const kept = keepEvery({ length: 26, every: 2 });
  const known = dropSlices(truth, 1, kept);
  for (const settings of [small(150), small(0)]) {
    const result = await auto(candidates(settings())).impute(known, context);
    const predicted = Object.entries(result.predicted?.mse ?? {});
    const names = [
      'nearest',
      'linear',
      'pchip',
      'cubic',
      'oinr-internal',
      'oinr-prior',
      'oinr-prior-internal',
    ];
    t.deepEqual(
      predicted.map(([name]) => name),
      names,
    );
    t.true(predicted.every(([, error]) => error > 0));
    const best = predicted.toSorted((a, b) => a[1] - b[1])[0]?.[0] ?? '';
    t.is(result.details.chosen, best);
    const own = candidates(settings()).find(({ name }) => name === best);
    t.deepEqual(result.data, (await own?.impute(known, context))?.data);
  }
});

test('predictions of both tests come on one scale, through PCHIP, which is in both', (t) => {
  const internal = { mse: { nearest: 9, linear: 5, pchip: 4, cubic: 4.5, 'oinr-internal': 3 }, scale: 7 };
  const operator = (prior: number, tuned: number) => ({
    mse: { pchip: 0.2, 'oinr-prior': prior, 'oinr-prior-internal': tuned },
  });
  const best = (...tests: PredictedErrors[]): string | undefined => {
    const all = onOneScale(tests);
    return all && bestPredicted(all);
  };
  const both = onOneScale([internal, operator(0.16, 0.14)]);
  t.true(Math.abs((both?.mse['oinr-prior'] ?? 0) - 3.2) < 1e-12);
  t.is(both?.scale, 7);
  t.is(best(internal, operator(0.16, 0.14)), 'oinr-prior-internal');
  t.is(best(internal, operator(0.3, 0.25)), 'oinr-internal');
  t.is(best(operator(0.16, 0.14)), 'oinr-prior-internal');
  t.is(best(), undefined);
});

test('predictions are written among the details of a sidecar and read back as they were', (t) => {
  const predicted = { mse: { pchip: 0.25, 'oinr-internal': 0.125 }, scale: 4 };
  const written = writtenDetails({ details: { network: 'a', chosen: 'pchip' }, predicted });
  t.deepEqual(written, {
    network: 'a',
    chosen: 'pchip',
    heldOutScale: 4,
    'heldOutMse.pchip': 0.25,
    'heldOutMse.oinr-internal': 0.125,
  });
  t.deepEqual(readPredicted(JSON.parse(JSON.stringify(written))), predicted);
  t.deepEqual(errorsInIntensities(predicted), { pchip: 4, 'oinr-internal': 2 });
  // What was not tested is null in JSON, and without a scale nothing is known in intensities.
  const untested = { mse: { pchip: 0.25, cubic: Number.NaN } };
  const back = readPredicted(
    JSON.parse(JSON.stringify(writtenDetails({ details: {}, predicted: untested }))),
  );
  t.deepEqual(back, { mse: { pchip: 0.25 } });
  t.deepEqual(errorsInIntensities(untested), {});
  t.is(readPredicted({ network: 'a' }), undefined);
  t.is(readPredicted(null), undefined);
});

test('oinr-internal and auto share one fit in a session, and its cost is counted for both', async (t) => {
  const truth = texture([24, 16, 24]);
  const known = dropSlices(truth, 1, keepEvery({ length: 16, every: 2 }));
  const shared = { ...context, session: new SubjectSession(known) };
  const internal = await oinrInternal().impute(known, shared);
  const expected = internal.data.slice();
  internal.data.fill(0);
  t.deepEqual((await oinrInternal().impute(known, shared)).data, expected);
  const chosen = await auto([oinrInternal()]).impute(known, shared);
  t.is(internal.sharedSeconds, 0);
  t.true((chosen.sharedSeconds ?? 0) > 0);
  // A copy of the same slices is the same, as after a way to another thread.
  t.true(((await oinrInternal().impute(structuredClone(known), shared)).sharedSeconds ?? 0) > 0);
  // Another seed is another fit, and other slices need another session.
  t.is((await oinrInternal().impute(known, { ...shared, seed: 4 })).sharedSeconds, 0);
  const other = { ...known, data: known.data.map((value) => value + 1) };
  await t.throwsAsync(async () => oinrInternal().impute(other, shared), { message: /make another session/ });
});
