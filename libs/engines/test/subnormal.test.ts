import { forwardProgram, gelu, gradients, parameter, sum } from '@oinr/graph';
import test from 'ava';
import { openExecutor } from '../src/index.ts';

// The smallest number that float32 holds with all of its digits.
const smallestNormal = 2 ** -126;

test('the slope of GELU far from 0 is no subnormal number, with which processors are slow, and is that of a step', async (t) => {
  const far = Float32Array.from({ length: 400 }, (_, i) => (i < 200 ? -1 : 1) * (6 + (i % 200) / 10));
  const executor = await openExecutor('cpu');
  const x = parameter('x', [far.length]);
  const [slopeOfX] = gradients(sum(gelu(x)), [x]);
  const predictor = await executor.predictor(forwardProgram({ slope: slopeOfX }));
  const { slope } = await predictor.run({ x: far }, {});
  await predictor.dispose();
  for (const [i, value] of slope.entries()) {
    const size = Math.abs(value);
    t.true(size === 0 || size >= smallestNormal, `at ${far[i]}: ${value}`);
    // At 6 the exact slope is 4e-8 away from that, about as far as float32 can tell from 1.
    t.true(Math.abs(value - (far[i] > 0 ? 1 : 0)) < 6e-8, `at ${far[i]}: ${value}`);
  }
});
