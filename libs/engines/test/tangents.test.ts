import type { Tensor } from '@oinr/graph';
import {
  constant,
  GraphError,
  gather,
  gradients,
  input,
  multiply,
  parameter,
  sin,
  sizeOf,
  square,
  sum,
  tangents,
} from '@oinr/graph';
import test from 'ava';
import { evaluate } from '../src/reference/executor.ts';
import type { OperationCase } from './operationCases.ts';
import { gatherCase, operationCases } from './operationCases.ts';
import { randomValues, testSeed } from './random.ts';

const seed = testSeed();
console.log(`tangents: OINR_TEST_SEED=${seed}`);

/** Off the grid of 1/64, so that no value lies within a difference step of a kink (0, the bounds of clip). */
const offKinks = (values: Float32Array) =>
  Float64Array.from(values, (v) => Math.round(v * 64) / 64 + 1 / 128);

/** Inputs of a case, values for them, and a direction in which each moves. */
function moving({ shapes, range }: OperationCase, random: ReturnType<typeof randomValues>) {
  const inputs = shapes.map((shape, i) => parameter(`x${i}`, shape));
  const values = new Map<Tensor, Float64Array>(
    inputs.map((each) => [each, offKinks(random(sizeOf(each.shape), range))]),
  );
  const directions = inputs.map((each) => Float64Array.from(random(sizeOf(each.shape), [-1, 1])));
  return { inputs, values, directions };
}

/** The values with the moving inputs shifted along their directions. */
function shifted(
  { inputs, values, directions }: ReturnType<typeof moving>,
  which: readonly number[],
  step: number,
): Map<Tensor, Float64Array> {
  const moved = new Map(values);
  for (const i of which) {
    const each = inputs[i] as Tensor;
    moved.set(
      each,
      (values.get(each) ?? new Float64Array()).map((v, n) => v + step * (directions[i]?.[n] ?? 0)),
    );
  }
  return moved;
}

const along = ({ inputs, directions }: ReturnType<typeof moving>, which: readonly number[]) =>
  new Map(which.map((i) => [inputs[i] as Tensor, constant(directions[i] ?? [], inputs[i]?.shape) as Tensor]));

function checkTangents(
  t: { true: (value: boolean, message?: string) => void },
  name: string,
  outputs: readonly Tensor[],
  state: ReturnType<typeof moving>,
  which: readonly number[],
): void {
  const analytic = evaluate(tangents(outputs, along(state, which)), state.values);
  const step = 1e-5;
  const above = evaluate(outputs, shifted(state, which, step));
  const below = evaluate(outputs, shifted(state, which, -step));
  for (const [o, found] of analytic.entries()) {
    const size = Math.max(1, ...(above[o] ?? []).map(Math.abs), ...found.map(Math.abs));
    found.forEach((value, n) => {
      const numeric = ((above[o]?.[n] ?? 0) - (below[o]?.[n] ?? 0)) / (2 * step);
      t.true(Math.abs(numeric - value) <= 1e-7 * size, `${name}, moving ${which}, element ${n}`);
    });
  }
}

for (const one of operationCases) {
  if (one.kinks) continue;
  test(`tangent agrees with central differences: ${one.name}`, (t) => {
    const state = moving(one, randomValues(seed));
    const result = one.build(...state.inputs);
    const all = [...state.inputs.keys()];
    // All inputs together, and each alone: what stands still must add nothing and stretch where it should.
    for (const which of all.length === 1 ? [all] : [all, ...all.map((i) => [i])])
      checkTangents(t, one.name, [result], state, which);
  });
}

test('tangents of gradients (kernel gradients, flipped kernels, slopes) agree with central differences', (t) => {
  const smooth = operationCases.filter(
    ({ name, kinks }) => !kinks && !/^(abs|sign|clip|leakyRelu)$/.test(name),
  );
  for (const one of smooth) {
    const state = moving(one, randomValues(seed + 1));
    const outputs = gradients(sum(square(one.build(...state.inputs))), state.inputs);
    checkTangents(t, one.name, outputs, state, [...state.inputs.keys()]);
  }
});

test('tangents of tangents are second derivatives along a line', (t) => {
  const smooth = operationCases.filter(
    ({ name, kinks }) => !kinks && !/^(abs|sign|clip|leakyRelu)$/.test(name),
  );
  for (const one of smooth) {
    const state = moving(one, randomValues(seed + 2));
    const all = [...state.inputs.keys()];
    const first = tangents([one.build(...state.inputs)], along(state, all));
    checkTangents(t, one.name, first, state, all);
  }
});

test('forward and reverse mode agree: w (J t) = (J^T w) t', (t) => {
  for (const one of operationCases.filter(({ kinks }) => !kinks)) {
    const random = randomValues(seed + 3);
    const state = moving(one, random);
    const result = one.build(...state.inputs);
    const weights = constant(random(sizeOf(result.shape)), result.shape);
    const [tangent] = tangents([result], along(state, [...state.inputs.keys()]));
    const [forward] = evaluate([sum(multiply(tangent as Tensor, weights))], state.values);
    const reverse = evaluate(gradients(sum(multiply(result, weights)), state.inputs), state.values);
    let expected = 0;
    let size = 1;
    reverse.forEach((gradient, i) => {
      gradient.forEach((value, n) => {
        expected += value * (state.directions[i]?.[n] ?? 0);
        size += Math.abs(value);
      });
    });
    t.true(Math.abs((forward?.[0] ?? 0) - expected) < 1e-12 * size, one.name);
  }
});

test('a gathered table moves with its rows', (t) => {
  const table = parameter('table', gatherCase.table);
  const which = input('which', [4], 'int32');
  const direction = Float64Array.from({ length: 30 }, (_, i) => i);
  const [tangent] = tangents(
    [gather(table, which)],
    new Map([[table, constant(direction, gatherCase.table)]]),
  );
  const [found] = evaluate(
    [tangent as Tensor],
    new Map<Tensor, Float64Array>([[which, Float64Array.from(gatherCase.indices)]]),
  );
  t.deepEqual(
    [...(found ?? [])],
    [...gatherCase.indices].flatMap((row) => [...direction.slice(6 * row, 6 * row + 6)]),
  );
});

test('what does not move has the tangent 0, and a tangent must have the shape of its tensor', (t) => {
  const [x, y] = [parameter('x', [3]), parameter('y', [3])];
  const [zero] = tangents([sin(y)], new Map([[x, constant([1, 1, 1])]]));
  t.deepEqual([...(evaluate([zero as Tensor], new Map())[0] ?? [])], [0, 0, 0]);
  t.throws(() => tangents([sin(x)], new Map([[x, constant(1)]])), {
    instanceOf: GraphError,
    message: /must have its shape/,
  });
});
