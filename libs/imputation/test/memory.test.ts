import { gpuBytes, openExecutor } from '@oinr/engines';
import { DeviceMemoryError, peakBytes } from '@oinr/graph';
import { dropSlices, keepEvery } from '@oinr/slices';
import test from 'ava';
import { priorTrainingDefaults, trainPrior } from '../src/index.ts';
import { sliceTrainingStep } from '../src/methods/oinr/fitSlices.ts';
import { oinr } from '../src/methods/oinr/oinr.ts';
import { compactPreset, type OinrPreset, paperPreset } from '../src/methods/oinr/presets.ts';
import { trainingStep } from '../src/methods/prior/training.ts';
import { blobs } from './prior/support.ts';
import { gridOf, texture } from './support/texture.ts';

test("the paper's network and batch of eight slices fit into a GPU of 8 GB", (t) => {
  const step = sliceTrainingStep(paperPreset, 8, 49, 76, 79);
  const megabytes = gpuBytes(step) / 1e6;
  console.log(`paper preset, 8 slices of 76 x 79: ${megabytes.toFixed(0)} MB`);
  t.true(megabytes < 4000, 'half of the card is left for the driver and for what onnxruntime holds');
  // Every hidden layer is needed for the gradients, before and after its activation.
  const channels = 2 * (64 + 128 + 256 + 256 + 128 + 64);
  t.true(megabytes > (4 * channels * 8 * 76 * 79) / 1e6);
});

const preset: OinrPreset = {
  ...compactPreset,
  octaves: 1,
  network: { ...compactPreset.network, channels: [4, 6, 6, 1] },
  batch: 4,
  steps: 25,
};
const [rows, slices, columns] = [10, 9, 12];
const truth = texture([rows, slices, columns]);
const known = dropSlices(
  { grid: gridOf([rows, slices, columns]), data: truth.data },
  1,
  keepEvery({ length: slices, every: 2 }),
);

test('a device that is too small for a batch takes it in parts, with the same result and a remark', async (t) => {
  const whole = await oinr(preset).impute(known, { executor: await openExecutor('reference'), seed: 1 });
  t.deepEqual(whole.remarks, []);
  const memoryLimit = peakBytes(sliceTrainingStep(preset, 2, 5, rows, columns));
  const small = await openExecutor('reference', { memoryLimit });
  const inParts = await oinr(preset).impute(known, { executor: small, seed: 1 });
  t.regex(inParts.remarks.join(), /did not hold a whole batch: each was taken in 2 parts/);
  const range = Math.max(...known.data);
  const difference = Math.max(...whole.data.map((value, i) => Math.abs(value - (inParts.data[i] ?? 0))));
  t.true(difference < 1e-4 * range, `largest difference ${difference / range} of the range`);
});

test('a device that does not hold one slice is told in a sentence', async (t) => {
  const executor = await openExecutor('reference', { memoryLimit: 10_000 });
  await t.throwsAsync(oinr(preset).impute(known, { executor, seed: 1 }), {
    instanceOf: DeviceMemoryError,
    message:
      /training step does not fit into the memory of the engine reference, not even with one sample at a time/,
  });
});

test('a training across people takes its batches in parts where memory is short, with the same weights', async (t) => {
  const { grid, data } = blobs([24, 26, 25], 1);
  const person = { name: '1', shape: grid.shape, voxels: [1, 1, 1] as const, data };
  const options = {
    ...priorTrainingDefaults,
    network: { reach: 3, block: 2, width: 4, depth: 1, phases: 7 },
    batch: 4,
    window: 12,
    spacings: [2, 3],
    seed: 1,
    steps: 6,
    learningRate: [3e-3, 1e-4] as const,
    warmupSteps: 2,
    pool: 2,
    validateEvery: 4,
    validationBatches: 2,
  };
  const run = async (memoryLimit?: number) =>
    trainPrior({
      training: [person],
      validation: [person],
      executor: await openExecutor('reference', memoryLimit === undefined ? {} : { memoryLimit }),
      options,
    });
  const whole = await run();
  const parts = await run(peakBytes(trainingStep({ ...options, batch: 2 })));
  t.deepEqual(
    parts.curve.map(({ step }) => step),
    [4, 6],
  );
  for (const [name, values] of Object.entries(whole.state.parameters)) {
    const other = parts.state.parameters[name];
    const largest = Math.max(1e-6, ...[...values].map(Math.abs));
    const difference = Math.max(...[...values].map((value, i) => Math.abs(value - other[i])));
    t.true(difference < 1e-4 * largest, `${name} differs by ${difference / largest}`);
  }
});
