import type { Tensor } from '@oinr/graph';
import { add, constant, gradients, multiply, parameter, sizeOf, sum } from '@oinr/graph';
import test from 'ava';
import { evaluate } from '../src/reference/executor.ts';
import { operationCases } from './operationCases.ts';
import { randomValues, testSeed } from './random.ts';

const seed = testSeed();
console.log(`gradients: OINR_TEST_SEED=${seed}`);

/** Off the grid of 1/64, so that no value lies within a difference step of a kink (0, the bounds of clip). */
const offKinks = (values: Float32Array) =>
  Float64Array.from(values, (v) => Math.round(v * 64) / 64 + 1 / 128);

for (const { name, shapes, range, kinks, build } of operationCases) {
  if (kinks) continue;
  test(`gradient agrees with central differences: ${name}`, (t) => {
    const random = randomValues(seed);
    const inputs = shapes.map((shape, i) => parameter(`x${i}`, shape));
    const result = build(...inputs);
    // A random weighting, so that errors of different elements cannot cancel.
    const weights = constant(random(sizeOf(result.shape), [0.5, 1.5]), result.shape);
    const loss = sum(multiply(result, weights));
    const values = new Map<Tensor, Float64Array>(
      inputs.map((input) => [input, offKinks(random(sizeOf(input.shape), range))]),
    );
    const analytic = evaluate(gradients(loss, inputs), values);
    const step = 1e-5;
    for (const [i, input] of inputs.entries()) {
      const x = values.get(input) ?? new Float64Array();
      t.is(analytic[i]?.length, x.length);
      // The differences round by the size of the sum, which grows with its gradients.
      const largest = Math.max(...(analytic[i] ?? []).map(Math.abs));
      // At most 40 elements of each input, spread over it.
      const stride = Math.ceil(x.length / 40);
      for (let index = seed % stride; index < x.length; index += stride) {
        const at = (value: number) => {
          const moved = Float64Array.from(x);
          moved[index] = value;
          return evaluate([loss], new Map(values).set(input, moved))[0]?.[0] ?? Number.NaN;
        };
        const centre = x[index] ?? 0;
        const numeric = (at(centre + step) - at(centre - step)) / (2 * step);
        const error = Math.abs(numeric - (analytic[i]?.[index] ?? Number.NaN));
        t.true(error <= 1e-7 * (1 + largest), `input ${i}, element ${index}: ${error}`);
      }
    }
  });
}

test('gradients of gradients: second derivatives of every smooth operation agree with central differences', (t) => {
  const random = randomValues(seed + 1);
  const smooth = operationCases.filter(({ name, kinks }) => !kinks && !/abs|sign$|clip|leaky/.test(name));
  for (const { name, shapes, range, build } of smooth) {
    const inputs = shapes.map((shape, i) => parameter(`x${i}`, shape));
    const first = gradients(sum(build(...inputs)), inputs);
    const x = inputs[0] as Tensor;
    const weights = first.map((g) => constant(random(sizeOf(g.shape)), g.shape));
    const scalar = first.map((g, i) => sum(multiply(g, weights[i] as Tensor))).reduce((a, b) => add(a, b));
    const values = new Map<Tensor, Float64Array>(
      inputs.map((input) => [input, offKinks(random(sizeOf(input.shape), range))]),
    );
    // Linear in x: the first gradient does not depend on it, and no second one exists.
    let second: Float64Array;
    try {
      second = evaluate(gradients(scalar, [x]), values)[0] ?? new Float64Array();
    } catch {
      second = new Float64Array(sizeOf(x.shape));
    }
    const index = (seed + name.length) % sizeOf(x.shape);
    const at = (shift: number) => {
      const moved = Float64Array.from(values.get(x) ?? []);
      moved[index] = (moved[index] ?? 0) + shift;
      return evaluate([scalar], new Map(values).set(x, moved))[0]?.[0] ?? Number.NaN;
    };
    const numeric = (at(1e-5) - at(-1e-5)) / 2e-5;
    t.true(Math.abs(numeric - (second[index] ?? Number.NaN)) < 1e-6 * (1 + Math.abs(numeric)), name);
  }
});
