import type { Executor } from '@oinr/graph';
import { constant, forwardProgram, gradients, multiply, parameter, resident, sizeOf, sum } from '@oinr/graph';
import test from 'ava';
import { availableEngines, openExecutor } from '../src/index.ts';
import { gatherCase, operationCases } from './operationCases.ts';
import { randomValues, testSeed } from './random.ts';
import { referenceStep } from './referenceStep.ts';

/*
 * Every engine that is present is held to the reference: each operation with its gradients, training steps, and a
 * trajectory of 50 steps. Inputs are new on every run; OINR_TEST_SEED=<seed> repeats one.
 */
const seed = testSeed();
console.log(`conformance: OINR_TEST_SEED=${seed}`);

/** Largest error of an engine, relative to the largest value of the array it belongs to. */
const tolerances: Readonly<Record<string, { operation: number; trajectory: number }>> = {
  cpu: { operation: 3e-6, trajectory: 2e-4 },
  tfjs: { operation: 5e-6, trajectory: 5e-4 },
  webgpu: { operation: 1e-5, trajectory: 1e-3 },
  cuda: { operation: 1e-5, trajectory: 1e-3 },
};

const reference = await openExecutor('reference');
for (const { name, available, reason } of await availableEngines()) {
  if (name === 'reference') continue;
  if (!available) {
    console.log(`conformance of ${name} skipped: ${reason}`);
    test.skip(`${name}: ${reason}`, () => {});
    continue;
  }
  const { operation, trajectory } = tolerances[name] ?? { operation: 0, trajectory: 0 };
  const executor = await openExecutor(name);

  for (const { name: title, shapes, range, build } of operationCases) {
    test.serial(`${name}: ${title} and its gradients`, async (t) => {
      const random = randomValues(seed);
      const inputs = shapes.map((shape, i) => parameter(`x${i}`, shape));
      const result = build(...inputs);
      const weights = constant(random(sizeOf(result.shape), [0.5, 1.5]), result.shape);
      const slopes = gradients(sum(multiply(result, weights)), inputs);
      const program = forwardProgram({
        result,
        ...Object.fromEntries(slopes.map((g, i) => [`gradient${i}`, g])),
      });
      const values = Object.fromEntries(
        inputs.map((x) => [x.attributes.name, random(sizeOf(x.shape), range)]),
      );
      // A parameter that the outputs do not need is not part of the program.
      const used = new Set(program.parameters.map((x) => x.attributes.name));
      const given = Object.fromEntries(Object.entries(values).filter(([key]) => used.has(key)));
      const expected = await predict(reference, program, given);
      const actual = await predict(executor, program, given);
      for (const key of Object.keys(program.outputs)) {
        t.true(
          relativeError(actual[key], expected[key]) < operation,
          `${key}: ${relativeError(actual[key], expected[key])}`,
        );
      }
    });
  }

  test.serial(`${name}: gather from a resident`, async (t) => {
    const slices = randomValues(seed)(sizeOf(gatherCase.table));
    const program = forwardProgram({ result: gatherCase.build(resident('table', gatherCase.table)) });
    const predictor = await executor.predictor(program, { table: slices });
    const { result } = await predictor.run({}, { which: gatherCase.indices });
    const rows = [...gatherCase.indices].flatMap((row) => [...slices.subarray(row * 6, row * 6 + 6)]);
    t.deepEqual([...(result ?? [])], rows);
    await predictor.dispose();
  });

  test.serial(`${name}: a trajectory of 50 training steps, in calls of 1, 9 and 40`, async (t) => {
    const { program, parameters, residents } = referenceStep({
      batch: 2,
      height: 9,
      width: 11,
      widths: [8, 16, 16, 1],
    });
    const rates = Float32Array.from({ length: 50 }, (_, i) => 2e-3 - i * 2e-5);
    const truth = await reference.trainer(program, parameters, residents);
    const expected = await truth.run(50, { learningRate: rates });
    const trainer = await executor.trainer(program, parameters, residents);
    const losses: number[] = [];
    for (const [from, to] of [
      [0, 1],
      [1, 10],
      [10, 50],
    ] as const) {
      losses.push(...(await trainer.run(to - from, { learningRate: rates.slice(from, to) })));
    }
    t.true((expected[49] ?? 1) < 0.5 * (expected[0] ?? 0), 'the network learns');
    t.true(relativeError(losses, expected) < trajectory, `${relativeError(losses, expected)}`);
    const [mine, true_] = [await trainer.state(), await truth.state()];
    t.is(mine.step, 50);
    for (const key of Object.keys(parameters)) {
      t.true(relativeError(mine.parameters[key], true_.parameters[key]) < 10 * trajectory, key);
    }
    await trainer.dispose();
  });

  for (const names of [['w1'], ['w0', 'w1', 'w2']]) {
    test.serial(
      `${name}: 20 training steps, ${names.join(' and ')} by Muon and the rest by Adam`,
      async (t) => {
        const sizes = { batch: 2, height: 9, width: 11, widths: [8, 16, 16, 1] };
        const { program, parameters, residents } = referenceStep(sizes, { muon: { parameters: names } });
        const rates = { learningRate: new Float32Array(20).fill(1e-3) };
        const [truth, trainer] = [
          await reference.trainer(program, parameters, residents),
          await executor.trainer(program, parameters, residents),
        ];
        const expected = await truth.run(20, rates);
        t.true((expected[19] ?? 1) < 0.7 * (expected[0] ?? 0), 'the network learns');
        t.true(relativeError(await trainer.run(20, rates), expected) < 5 * trajectory);
        const [mine, other] = [await trainer.state(), await truth.state()];
        for (const key of Object.keys(parameters)) {
          t.true(relativeError(mine.parameters[key], other.parameters[key]) < 20 * trajectory, key);
        }
        await trainer.dispose();
      },
    );
  }

  test.serial(`${name}: a fit stopped and started again from its state goes on bit for bit`, async (t) => {
    const { program, parameters, residents } = referenceStep({
      batch: 1,
      height: 8,
      width: 10,
      widths: [4, 16, 1],
    });
    const rates = (n: number) => ({ learningRate: new Float32Array(n).fill(1e-3) });
    const whole = await executor.trainer(program, parameters, residents);
    const expected = await whole.run(12, rates(12));
    const first = await executor.trainer(program, parameters, residents);
    const begun = await first.run(5, rates(5));
    const state = await first.state();
    await first.dispose();
    const second = await executor.trainer(program, state, residents);
    const rest = await second.run(7, rates(7));
    t.deepEqual([...begun, ...rest], [...expected]);
    t.deepEqual(await second.state(), await whole.state());
    await second.dispose();
    await whole.dispose();
  });
}

async function predict(
  executor: Executor,
  program: ReturnType<typeof forwardProgram>,
  values: Record<string, Float32Array>,
) {
  const predictor = await executor.predictor(program);
  const results = await predictor.run(values, {});
  await predictor.dispose();
  return results;
}

/** Largest difference over the largest expected value. */
function relativeError(
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number> | undefined,
): number {
  const [a, e] = [Array.from(actual ?? []), Array.from(expected ?? [])];
  if (a.length !== e.length || e.length === 0) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...e.map(Math.abs), 1e-3);
  return (
    Math.max(...e.map((value, i) => (Number.isFinite(a[i]) ? Math.abs((a[i] ?? 0) - value) : Infinity))) /
    scale
  );
}
