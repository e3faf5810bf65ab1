import {
  add,
  broadcastTo,
  constantRate,
  DeviceMemoryError,
  forwardProgram,
  gather,
  input,
  meanSquaredError,
  parameter,
  resident,
  sin,
  sum,
  trainingProgram,
  ValuesError,
} from '@oinr/graph';
import test from 'ava';
import { availableEngines, openExecutor } from '../src/index.ts';

const table = resident('table', [5, 3]);
const program = trainingProgram(
  meanSquaredError(
    add(gather(table, input('which', [2], 'int32')), parameter('shift', [3])),
    input('goal', [2, 3]),
  ),
);
const residents = { table: new Float32Array(15) };
const start = { shift: new Float32Array(3) };
const feeds = (steps: number) => ({
  which: new Int32Array(steps * 2),
  goal: new Float32Array(steps * 6).fill(1),
  learningRate: constantRate(0.1, steps),
});

test('an unknown engine is refused with the names that exist', async (t) => {
  await t.throwsAsync(openExecutor('gpu'), {
    message: /no engine named "gpu"; choose one of: auto, cpu, webgpu/,
  });
  await t.throwsAsync(openExecutor('cpu', { threads: 0 }), { message: /threads/ });
});

test('an engine that is absent says why, and asking for it is an error, not a fallback', async (t) => {
  const engines = await availableEngines();
  t.deepEqual(
    engines.map(({ name }) => name),
    ['cpu', 'webgpu', 'cuda', 'tfjs', 'reference'],
  );
  for (const { name, available, reason } of engines) {
    t.regex(reason, /^\S.{10,}\.$/s);
    if (!available)
      await t.throwsAsync(openExecutor(name), { message: new RegExp(`"${name}" cannot be used here`) });
  }
});

for (const name of ['reference', 'cpu', 'tfjs']) {
  test(`${name}: values that do not fit are named with both sizes`, async (t) => {
    const executor = await openExecutor(name);
    const make = (
      parameters: Record<string, Float32Array>,
      own = residents as Record<string, Float32Array>,
    ) => executor.trainer(program, parameters, own);
    await t.throwsAsync(make({}), {
      instanceOf: ValuesError,
      message: /parameter "shift" \[3\] got no values/,
    });
    await t.throwsAsync(make({ shift: new Float32Array(4) }), { message: /needs 3 values.* 4 were given/ });
    await t.throwsAsync(make({ ...start, shfit: new Float32Array(3) }), {
      message: /no parameter named "shfit"/,
    });
    await t.throwsAsync(make(start, {}), { message: /resident "table"/ });
    const trainer = await make(start);
    await t.throwsAsync(trainer.run(0, feeds(0)), { message: /positive whole number/ });
    await t.throwsAsync(trainer.run(2, feeds(3)), {
      message: /needs 4 values, shape \[2, 2\].*; 6 were given/,
    });
    await t.throwsAsync(trainer.run(1, { ...feeds(1), which: new Float32Array(2) }), {
      message: /takes an Int32Array/,
    });
    const { goal: _, ...incomplete } = feeds(1);
    await t.throwsAsync(trainer.run(1, incomplete), { message: /input "goal" \[2, 3\] got no values/ });
    await t.throwsAsync(trainer.run(1, { ...feeds(1), gaol: new Float32Array(6) }), {
      message: /named "gaol"/,
    });
    // Nothing of that was a step.
    t.is((await trainer.state()).step, 0);
    const losses = await trainer.run(3, feeds(3));
    t.is(losses[0], 1);
    t.is((await trainer.state()).step, 3);
    await trainer.dispose();
  });
}

test('a device with too little memory is named, with what to do', async (t) => {
  const huge = sum(sin(broadcastTo(parameter('a', [1, 1]), [400_000, 400_000])));
  const predictor = await (await openExecutor('cpu')).predictor(forwardProgram({ huge }));
  await t.throwsAsync(predictor.run({ a: new Float32Array(1) }, {}), {
    instanceOf: DeviceMemoryError,
    message: /engine "cpu" does not suffice for a prediction; use smaller batches/,
  });
  await predictor.dispose();
});
