import { join } from 'node:path';
import { DivergedError } from '@oinr/inr';
import { readVolume } from '@oinr/nifti';
import { stream } from '@oinr/random';
import { axisDirections, crop } from '@oinr/volume';
import test from 'ava';
import {
  errorOverAllAxes,
  ownGaps,
  type PriorExpert,
  type PriorTrainingOptions,
  priorTrainingDefaults,
  taughtGeometries,
  trainedRange,
  trainPrior,
} from '../../src/index.ts';
import { drawBatch } from '../../src/methods/prior/sampler.ts';
import { makeScene, noAugmentation, travellingAugmentation } from '../../src/methods/prior/scene.ts';
import { blobs, cpu } from './support.ts';

const person = (seed: number) => {
  const { grid, data } = blobs([36, 34, 38], seed);
  return { name: `person ${seed}`, shape: grid.shape, voxels: [1, 1, 1] as const, data };
};
const options: PriorTrainingOptions = {
  ...priorTrainingDefaults,
  network: { reach: 3, block: 2, width: 12, depth: 1, phases: 7 },
  batch: 4,
  window: 24,
  spacings: [2, 3, 4],
  seed: 1,
  steps: 60,
  learningRate: [3e-3, 1e-4],
  warmupSteps: 5,
  augmentation: { ...noAugmentation, extent: 36 },
  pool: 4,
  renewEvery: 20,
  validateEvery: 20,
  validationBatches: 12,
};
const people = { training: [person(1), person(2), person(3)], validation: [person(9)], executor: cpu };

// Two blocks of the brain under the phantom stand for two people.
const brain = await readVolume(
  join(import.meta.dirname, '../../../../cohorts/phantom-base/colin27_brain_1mm.nii.gz'),
);
const block = (x: number, y: number, z: number) => {
  const { grid, data } = crop(brain, { start: [x, y, z], shape: [48, 48, 48] });
  return {
    name: `${x}`,
    shape: grid.shape,
    voxels: [1, 1, 1] as const,
    data: data.map((value) => value / 130),
  };
};

test('training lowers the error where it never saw', async (t) => {
  const { curve } = await trainPrior({
    training: [block(15, 30, 40), block(15, 90, 40), block(80, 90, 40), block(80, 30, 90), block(15, 30, 90)],
    validation: [block(80, 30, 40)],
    executor: cpu,
    options: {
      ...options,
      network: { ...options.network, width: 16 },
      window: 32,
      spacings: [3, 4],
      steps: 100,
      learningRate: [4e-3, 1e-4],
      validateEvery: 50,
      thickShare: 0,
    },
  });
  t.deepEqual(
    curve.map(({ step }) => step),
    [50, 100],
  );
  t.true((curve.at(-1)?.validationRatio ?? 1) < 0.96);
  t.deepEqual(Object.keys(curve[0]?.perSpacing ?? {}), ['3', '4']);
});

test('a training that stops and goes on ends with the same weights, bit for bit', async (t) => {
  const whole = await trainPrior({ ...people, options });
  const stop = new AbortController();
  let saved: Parameters<NonNullable<Parameters<typeof trainPrior>[0]['onCheckpoint']>>[0] | undefined;
  const stopped = trainPrior({
    ...people,
    options,
    signal: stop.signal,
    onCheckpoint: async (progress) => {
      saved = progress;
      if (progress.state.step === 40) stop.abort();
    },
  });
  await t.throwsAsync(stopped, { name: 'AbortError' });
  t.is(saved?.state.step, 40);
  const resumed = await trainPrior({ ...people, options, ...(saved && { resume: saved }) });
  t.deepEqual(resumed.state, whole.state);
  t.deepEqual(
    resumed.curve.map(({ perSpacing }) => perSpacing),
    whole.curve.map(({ perSpacing }) => perSpacing),
  );
});

test('held-out people are measured at every spacing, however rarely the training draws it', async (t) => {
  const cuts = [...Array.from({ length: 19 }, () => ({ axis: 1, every: 2 })), { axis: 1, every: 4 }];
  const { curve } = await trainPrior({
    ...people,
    options: { ...options, cuts, spacings: [2, 4], steps: 1, validateEvery: 1, validationBatches: 4 },
  });
  t.deepEqual(Object.keys(curve[0].perSpacing), ['2', '4']);
});

test('a network of one axis is held against that of all axes which would answer in its place', async (t) => {
  const upright = { ...block(80, 30, 40), directions: axisDirections(brain.grid.affine) };
  const own = { ...options, axis: 'coronal' as const, steps: 1, validateEvery: 1, gaps: 4 };
  const { state, curve } = await trainPrior({
    ...people,
    training: [upright],
    validation: [upright],
    options: own,
  });
  const weights = Object.fromEntries(
    Object.entries(state.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
  );
  const made = {
    network: own.network,
    weights,
    gaps: ownGaps([upright], own),
    range: trainedRange([upright], own),
  };
  const coronal = { ...made, axis: own.axis, taught: taughtGeometries([upright], own) };
  // One that corrects nothing is PCHIP, so what is left is the last point of the validation curve.
  const idle = { ...made, weights: { ...weights, 'last.kernel': weights['last.kernel'].map(() => 0) } };
  const share = (others: readonly PriorExpert[], validation = [upright]) =>
    errorOverAllAxes({ own: coronal, last: curve.at(-1), others }, own, validation, cpu);
  t.is(await share([coronal, idle]), curve.at(-1)?.validationRatio);
  t.is(await share([coronal, made]), 1);
  t.is(await share([coronal]), undefined, 'nobody answers in its place');
  t.is(await share([coronal, idle], []), undefined, 'nobody was held out');
});

test('a loss that is not finite stops the training, and the last checkpoint stays', async (t) => {
  const steps: number[] = [];
  const diverging = trainPrior({
    ...people,
    options: { ...options, learningRate: [1e30, 1e30], warmupSteps: 1 },
    onCheckpoint: async ({ state }) => {
      steps.push(state.step);
    },
  });
  const error = await t.throwsAsync(diverging, { instanceOf: DivergedError });
  t.regex(error?.message ?? '', /The loss at step \d+ is/);
  t.deepEqual(steps, []);
});

test('scenes and batches are the same for the same seed, and another for another', (t) => {
  const scene = (seed: number) =>
    makeScene(person(4), stream(seed, 'scene'), { ...travellingAugmentation, extent: 24, coarse: 0.5 });
  const batch = (seed: number) => drawBatch([scene(1)], stream(seed, 'batch'), options.network, options);
  t.deepEqual(scene(1), scene(1));
  t.notDeepEqual(scene(1), scene(2));
  t.deepEqual(batch(1), batch(1));
  t.notDeepEqual(batch(1), batch(2));
});

test('a batch holds the truth: PCHIP plus target is the missing slice of the scene', (t) => {
  // On an image that is linear along every axis PCHIP is exact inside, so the targets are 0 there.
  const length = 30;
  const data = Float32Array.from({ length: length ** 3 }, (_, i) => {
    const [x, y, z] = [i % length, Math.floor(i / length) % length, Math.floor(i / length ** 2)];
    return 1 + 0.01 * x + 0.02 * y + 0.03 * z;
  });
  const scene = {
    shape: [length, length, length] as const,
    voxels: [1, 1, 1] as const,
    measured: data,
    clean: data,
  };
  const plain = { ...options, thickShare: 0, window: 16, spacings: [3], batch: 40 };
  const { target, every } = drawBatch([scene], stream(3, 'batch'), options.network, plain);
  const each = target.length / 40;
  const exact = every.filter((_, b) =>
    target.subarray(b * each, (b + 1) * each).every((value) => Math.abs(value) < 1e-5),
  );
  // Gaps next to an end repeat the outermost slice and are not exact: at most 6 of 27.
  t.true(exact.length > 20);
  t.true(exact.length < 40);
});

test('augmented scenes keep order where only the contrast changes, and add noise to the inputs only', (t) => {
  const contrast = makeScene(person(5), stream(8, 'scene'), { ...noAugmentation, extent: 40, contrast: 1 });
  const plain = makeScene(person(5), stream(8, 'scene'), { ...noAugmentation, extent: 40 });
  const order = [...plain.clean.keys()].sort((a, b) => (plain.clean[a] ?? 0) - (plain.clean[b] ?? 0));
  t.true(
    order.every(
      (i, n) => n === 0 || (contrast.clean[i] ?? 0) >= (contrast.clean[order[n - 1] ?? 0] ?? 0) - 1e-6,
    ),
  );
  const noisy = makeScene(person(5), stream(8, 'scene'), { ...noAugmentation, extent: 40, noise: 1 });
  t.deepEqual(noisy.clean, plain.clean);
  t.notDeepEqual(noisy.measured, plain.clean);
  const coarse = makeScene(person(5), stream(8, 'scene'), { ...noAugmentation, extent: 40, coarse: 1 });
  t.deepEqual(coarse.shape, [18, 17, 19]);
  t.deepEqual(coarse.voxels, [2, 2, 2]);
});
