import { openExecutor } from '@oinr/engines';
import type { Tensor } from '@oinr/graph';
import { constant, divide, forwardProgram, input, subtract } from '@oinr/graph';
import type { Places } from '@oinr/inr';
import {
  differentiableOctaves,
  exactGridEncoding,
  gridPoints,
  multiplicativeFilterNetwork,
  operatorNetwork,
  siren,
  spatialDerivative,
  wire,
} from '@oinr/inr';
import { stream } from '@oinr/random';
import test from 'ava';

const reference = await openExecutor('reference');
const grid = [6, 7];
const step = 1e-6;

/** Values of graphs without inputs, calculated in float64. */
async function valuesOf(outputs: Record<string, Tensor>, parameters: Record<string, Float32Array>) {
  const predictor = await reference.predictor(forwardProgram(outputs));
  return predictor.run(parameters, {});
}

/** The largest difference, in units of the largest value. */
function error(found: Float32Array | undefined, expected: Float32Array | undefined): number {
  const largest = Math.max(...(expected ?? []).map(Math.abs));
  return (
    Math.max(...(found ?? []).map((value, i) => Math.abs(value - (expected?.[i] ?? Number.NaN)))) / largest
  );
}

/** The encoding of the grid, moved along an axis. */
const encodingAt = (octaves: number, order: readonly number[], axis = 0, by = 0): Tensor =>
  constant(exactGridEncoding(octaves, grid, { order, shift: grid.map((_, a) => (a === axis ? by : 0)) }), [
    1,
    4 * octaves,
    ...grid,
  ]);

for (const [octaves, tolerance] of [
  [1, 1e-6],
  [4, 1e-6],
  [6, 1e-6],
  [10, 1e-5],
] as const) {
  test(`the derivative of an O-INR of ${octaves} octaves is that of a shifted encoding, along both axes`, async (t) => {
    const network = operatorNetwork({ channels: [4 * octaves, 6, 6, 3] });
    const parameters = network.initial(stream(octaves, 'derivative'));
    for (const axis of [0, 1]) {
      const analytic = spatialDerivative(network.apply, (order) => encodingAt(octaves, order), 2, [axis]);
      const at = (by: number): Tensor => network.apply(encodingAt(octaves, [], axis, by));
      const numeric = divide(subtract(at(step), at(-step)), 2 * step);
      const values = await valuesOf({ analytic, numeric }, parameters);
      t.true(error(values.analytic, values.numeric) < tolerance, `axis ${axis}`);
    }
  });
}

test('second and mixed derivatives are derivatives of the first', async (t) => {
  const network = operatorNetwork({ channels: [12, 6, 6, 1] });
  const parameters = network.initial(stream(1, 'second'));
  for (const [first, second] of [
    [1, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ] as const) {
    const derivativeAt = (along: readonly number[], by: number): Tensor =>
      spatialDerivative(network.apply, (order) => encodingAt(3, order, second, by), 2, along);
    const analytic = derivativeAt([first, second], 0);
    const numeric = divide(subtract(derivativeAt([first], step), derivativeAt([first], -step)), 2 * step);
    const values = await valuesOf({ analytic, numeric }, parameters);
    t.true(error(values.analytic, values.numeric) < 1e-6, `${first}, ${second}`);
  }
});

test('the same function differentiates coordinate networks, where places move in straight lines', async (t) => {
  const points = Float64Array.from(gridPoints(grid));
  const pointsAt = (axis: number, by: number): Tensor =>
    constant(
      points.map((x, i) => (i % 2 === axis ? x + by : x)),
      [42, 2],
    );
  const places: Places = (order) => {
    const total = order.reduce((sum, n) => sum + n, 0);
    if (total === 0) return pointsAt(0, 0);
    return total > 1
      ? undefined
      : constant(
          Float64Array.from(points, (_, i) => order[i % 2] ?? 0),
          [42, 2],
        );
  };
  for (const network of [
    siren({ channels: [2, 8, 8, 3] }),
    wire({ axes: 2, width: 5, channels: 3, omega: 5, sigma: 2 }),
    multiplicativeFilterNetwork({ axes: 2, width: 6, channels: 3, scale: 20 }),
  ]) {
    const parameters = network.initial(stream(2, network.name));
    const first = spatialDerivative(network.apply, places, 2, [1]);
    const second = spatialDerivative(network.apply, places, 2, [1, 1]);
    const at = (by: number): Tensor => network.apply(pointsAt(1, by));
    const [above, middle, below] = [at(1e-4), at(0), at(-1e-4)];
    const values = await valuesOf(
      {
        first,
        second,
        slope: divide(subtract(at(step), at(-step)), 2 * step),
        bend: divide(subtract(subtract(above, middle), subtract(middle, below)), 1e-8),
      },
      parameters,
    );
    t.true(error(values.first, values.slope) < 1e-6, network.name);
    t.true(error(values.second, values.bend) < 1e-3, network.name);
  }
});

test('an engine in float32 gives the derivative too', async (t) => {
  const network = operatorNetwork({ channels: [16, 6, 6, 3] });
  const parameters = network.initial(stream(3, 'engine'));
  const place = (order: readonly number[]): Tensor => input(`order ${order.join('')}`, [1, 16, ...grid]);
  const program = forwardProgram({ slope: spatialDerivative(network.apply, place, 2, [0]) });
  const feeds = Object.fromEntries(
    program.inputs.map(({ attributes: { name } }) => {
      const order = [...name.replace('order ', '')].map(Number);
      return [name, exactGridEncoding(4, grid, { order })];
    }),
  );
  const run = async (engine: string) =>
    (await (await openExecutor(engine)).predictor(program)).run(parameters, feeds);
  t.true(error((await run('cpu')).slope, (await run('reference')).slope) < 1e-5);
});

test('octaves that a side can differentiate: four at 100 pixels, six at 512', (t) => {
  t.deepEqual([100, 512, 128, 10].map(differentiableOctaves), [4, 6, 4, 1]);
});
