import { constantRate, DeviceMemoryError, peakBytes } from '@oinr/graph';
import test from 'ava';
import { gpuBytes, openExecutor } from '../src/index.ts';
import { referenceStep } from './referenceStep.ts';

const { program, parameters, residents } = referenceStep({
  batch: 1,
  height: 6,
  width: 7,
  widths: [4, 8, 8, 1],
});
const rates = { learningRate: constantRate(1e-3, 2) };

test('the memory that is computed from a graph is what evaluating it takes, to the byte', async (t) => {
  const needed = peakBytes(program);
  const enough = await openExecutor('reference', { memoryLimit: needed });
  const trainer = await enough.trainer(program, parameters, residents);
  const losses = await trainer.run(2, rates);
  t.true(losses.every(Number.isFinite));
  const less = await openExecutor('reference', { memoryLimit: needed - 1 });
  const refused = await less.trainer(program, parameters, residents);
  await t.throwsAsync(refused.run(2, rates), {
    instanceOf: DeviceMemoryError,
    message:
      /"reference" does not suffice: .* takes \d+ bytes, and \d+ of \d+ are in use; use smaller batches/,
  });
});

test('values are freed after their last use: a network twice as deep needs its further layers, not all values', (t) => {
  const bytes = (layers: number) =>
    peakBytes(
      referenceStep({ batch: 1, height: 60, width: 70, widths: [...Array(layers).fill(8), 1] }).program,
    );
  const perLayer = (bytes(17) - bytes(9)) / 8 / (4 * 8 * 60 * 70);
  // Two images of a layer wait for its gradients: the sum of the convolution and its sine. Nine are computed.
  t.true(perLayer > 1.9 && perLayer < 2.5, `${perLayer} images per layer`);
  const deep = referenceStep({ batch: 1, height: 6, width: 7, widths: [8, 8, 8, 1] }).program;
  t.true(gpuBytes(deep) > peakBytes(deep), 'a GPU needs copies besides');
});
