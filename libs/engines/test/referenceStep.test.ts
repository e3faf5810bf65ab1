import test from 'ava';
import { openExecutor } from '../src/index.ts';
import { fullStep, referenceStep } from './referenceStep.ts';

// PyTorch 1.13 on the same network, data and initial weights.
const torchFull = [0.5367846, 0.3238222, 0.2698577];

test('the reference step at full size on the CPU gives the losses of PyTorch', async (t) => {
  const { program, parameters, residents } = referenceStep(fullStep);
  const executor = await openExecutor('cpu');
  const trainer = await executor.trainer(program, parameters, residents);
  const losses = await trainer.run(3, { learningRate: new Float32Array(3).fill(1e-3) });
  for (const [i, loss] of torchFull.entries()) t.true(Math.abs(loss - (losses[i] ?? 0)) < 1e-5, `${losses}`);
  await trainer.dispose();
});
