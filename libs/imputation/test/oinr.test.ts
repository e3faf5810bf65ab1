import { openExecutor } from '@oinr/engines';
import { initialParameters, paperNetwork } from '@oinr/inr';
import { stream } from '@oinr/random';
import { dropSlices, keepEvery } from '@oinr/slices';
import type { ArrayAxis, Volume } from '@oinr/volume';
import test from 'ava';
import type { MethodContext } from '../src/index.ts';
import { findMethod, prepareBase } from '../src/index.ts';
import { oinr } from '../src/methods/oinr/oinr.ts';
import { compactPreset, type OinrPreset, paperPreset } from '../src/methods/oinr/presets.ts';
import { slicesDiffering } from './support/kept.ts';
import { gridOf, missingError, texture } from './support/texture.ts';

const onnx = await openExecutor('cpu');
const context: MethodContext = { executor: onnx, seed: 3 };
const tiny: OinrPreset = {
  ...compactPreset,
  octaves: 3,
  network: { ...compactPreset.network, channels: [12, 12, 12, 1] },
  steps: 800,
  passes: undefined,
  stepsFromBase: 100,
};

/** A smooth ball that moves and grows along y: a sequence of functions that a network can follow. */
function movingBall(shift = 0): Volume {
  const shape = [20, 21, 20] as const;
  const data = new Float32Array(20 * 21 * 20);
  let n = 0;
  for (let k = 0; k < 20; k++)
    for (let j = 0; j < 21; j++)
      for (let i = 0; i < 20; i++) {
        const t = j / 20;
        const r2 = (i - 5 - 9 * t - shift) ** 2 + (k - 13 + 7 * t) ** 2;
        data[n++] = 200 * Math.exp(-r2 / (2 * (2 + 2 * t) ** 2));
      }
  return { grid: gridOf(shape), data };
}

test('the paper preset is the paper network', (t) => {
  const weights = Object.values(initialParameters(paperPreset.network, stream(1, 'weights')));
  t.is(
    weights.reduce((sum, { length }) => sum + length, 0),
    1_351_617,
  );
  t.deepEqual(paperPreset.network.channels, [40, 64, 128, 256, 256, 128, 64, 1]);
  t.is(4 * paperPreset.octaves, 40);
});

test('a fitted representation is nearer to the truth than linear interpolation where slices lie far apart', async (t) => {
  const truth = movingBall();
  const kept = keepEvery({ length: 21, every: 5 });
  const known = dropSlices(truth, 1, kept);
  const fitted = await oinr(tiny).impute(known, context);
  const plain = await findMethod('linear').impute(known, context);
  const ratio = missingError(truth, fitted.data, 1, kept) / missingError(truth, plain.data, 1, kept);
  t.true(ratio < 0.9, `error over that of linear interpolation: ${ratio}`);
  t.is(fitted.steps, 800);
  t.deepEqual(slicesDiffering(fitted.data, known), []);
});

test('kept slices come out bit for bit on every axis and for both ways of gamma, even after hardly any fitting', async (t) => {
  const truth = texture([14, 15, 16]);
  const paper: OinrPreset = {
    ...paperPreset,
    octaves: 3,
    steps: 3,
    batch: 3,
    network: { ...paperNetwork, channels: [12, 8, 8, 1] },
  };
  for (const axis of [0, 1, 2] as ArrayAxis[]) {
    for (const preset of [{ ...tiny, steps: 3 }, paper]) {
      const known = dropSlices(truth, axis, [1, 4, 5, 11]);
      const { data } = await oinr(preset).impute(known, context);
      t.deepEqual(slicesDiffering(data, known), []);
      const high = known.data.reduce((a, b) => Math.max(a, b));
      t.true(data.every((value) => value >= 0 && value <= high));
    }
  }
});

test('a fit sees every kept slice `passes` times, and stops before where that is more than its steps', async (t) => {
  const volume = movingBall();
  const known = dropSlices(volume, 1, keepEvery({ length: 21, every: 4 }));
  const stepsOf = async (passes: number): Promise<number> =>
    (await oinr({ ...tiny, steps: 10, passes }).impute(known, context)).steps;
  t.is(known.kept.length, 6);
  t.is(await stepsOf(1), 6);
  t.is(await stepsOf(3), 10);
});

test('a base network from another subject is a better start than none, and is plain data', async (t) => {
  const base = await prepareBase(
    [dropSlices(movingBall(1.5), 1, keepEvery({ length: 21, every: 3 }))],
    context,
    { preset: tiny, steps: 600 },
  );
  t.deepEqual(JSON.parse(JSON.stringify(base)), base);
  const truth = movingBall();
  const known = dropSlices(truth, 1, keepEvery({ length: 21, every: 5 }));
  const warm = await oinr(tiny).impute(known, { ...context, base: JSON.parse(JSON.stringify(base)) });
  const cold = await oinr({ ...tiny, steps: tiny.stepsFromBase }).impute(known, context);
  t.is(warm.steps, 100);
  t.is(warm.details.start, 'base network');
  t.true(Number(warm.details.finalLoss) < 0.7 * Number(cold.details.finalLoss));
  // A base of another architecture is not used.
  const other = await oinr({
    ...tiny,
    steps: 5,
    octaves: 2,
    network: { ...tiny.network, channels: [8, 12, 1] },
  }).impute(known, { ...context, base });
  t.is(other.details.start, 'random');
  await t.throwsAsync(async () => prepareBase([], context), { message: /none was given/ });
});

test('the same seed gives the same bytes; constant and two-slice volumes are safe', async (t) => {
  const known = dropSlices(movingBall(), 1, [0, 20]);
  const preset = { ...tiny, steps: 10 };
  const first = await oinr(preset).impute(known, context);
  const second = await oinr(preset).impute(known, context);
  t.deepEqual(first.data, second.data);
  t.true(first.data.every(Number.isFinite));
  const constant = { ...known, data: new Float32Array(known.data.length).fill(4) };
  const filled = await oinr(preset).impute(constant, context);
  t.true(filled.data.every((value) => value === 4));
  t.regex(filled.remarks.join(' '), /constant/);
});

test('fits on the float64 reference engine agree with those on ONNX', async (t) => {
  const known = dropSlices(movingBall(), 1, keepEvery({ length: 21, every: 5 }));
  const preset = { ...tiny, steps: 15 };
  const fast = await oinr(preset).impute(known, context);
  const slow = await oinr(preset).impute(known, { executor: await openExecutor('reference'), seed: 3 });
  const largest = fast.data.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - (slow.data[i] ?? 0))),
    0,
  );
  t.true(largest < 0.1, `of intensities up to 200, the largest difference is ${largest}`);
});

test('a rate that makes the fit diverge is halved: the result is that of the halved rate, with a remark', async (t) => {
  const known = dropSlices(texture([10, 9, 12]), 1, keepEvery({ length: 9, every: 2 }));
  const executor = await openExecutor('reference');
  const at = (rate: number) => {
    const network = { ...tiny.network, channels: [4, 6, 6, 1] };
    const learningRates = [rate, rate] as const;
    const preset = { ...tiny, octaves: 1, network, batch: 4, steps: 30, stepsPerCall: 1, learningRates };
    return oinr(preset).impute(known, { executor, seed: 1 });
  };
  const [retried, halved] = [await at(0.32), await at(0.08)];
  t.deepEqual(halved.remarks, []);
  t.regex(retried.remarks.join(), /diverged and was started again 2 times, each with half the learning rate/);
  t.deepEqual(retried.data, halved.data);
});
