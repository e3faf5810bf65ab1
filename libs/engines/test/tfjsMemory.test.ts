import { constantRate } from '@oinr/graph';
import test from 'ava';
import { tfjsExecutor } from '../src/tfjs/executor.ts';
import { loadTensorFlow } from '../src/tfjs/load.ts';
import { referenceStep } from './referenceStep.ts';

test('TensorFlow.js holds the same tensors and bytes after 1 and after 100 steps, and none after dispose', async (t) => {
  const { tf } = await loadTensorFlow();
  const before = tf.memory();
  const { program, parameters, residents } = referenceStep({
    batch: 1,
    height: 6,
    width: 7,
    widths: [4, 8, 1],
  });
  const trainer = await tfjsExecutor(tf).trainer(program, parameters, residents);
  await trainer.run(1, { learningRate: constantRate(1e-3, 1) });
  const { numTensors, numBytes } = tf.memory();
  for (const steps of [19, 80]) await trainer.run(steps, { learningRate: constantRate(1e-3, steps) });
  t.is(tf.memory().numTensors, numTensors);
  t.is(tf.memory().numBytes, numBytes);
  await trainer.dispose();
  t.is(tf.memory().numTensors, before.numTensors);
});
