import { openExecutor } from '@oinr/engines';
import { fitSignal, gridEncoding, gridPoints, operatorNetwork, recipeOf, siren } from '@oinr/inr';
import { stream } from '@oinr/random';
import test from 'ava';

const executor = await openExecutor('reference');
const grid = [6, 7];
const channels = [12, 6, 1];
const x = { values: gridEncoding(3, grid), shape: [1, 12, ...grid] };
const target = {
  values: Float32Array.from({ length: 42 }, (_, i) => 0.5 + 0.4 * Math.sin(i)),
  shape: [1, 1, ...grid],
};

/** A clock that ticks once a look. */
function ticking() {
  let time = 0;
  return () => time++;
}

const meanSquare = (values: Float32Array) =>
  values.reduce((sum, value, i) => sum + (value - (target.values[i] ?? 0)) ** 2, 0) / values.length;

test('the curve has the points asked for and the last one, and is the same whatever points are asked for', async (t) => {
  const network = operatorNetwork({ channels });
  const common = { executor, network, recipe: recipeOf(network), steps: 30, x, target, measure: meanSquare };
  const start = network.initial(stream(1, 'start'));
  const some = await fitSignal({ ...common, start, clock: ticking(), measureAt: [3, 7] });
  t.deepEqual(
    some.curve.map(({ step }) => step),
    [3, 7, 30],
  );
  const none = await fitSignal({ ...common, start, clock: ticking() });
  t.deepEqual(none.values, some.values);
  t.is(none.curve.at(-1)?.measures, some.curve.at(-1)?.measures);
  // The loss of a step is the error after the steps before it.
  t.true(Math.abs((some.curve[0]?.measures ?? 0) - (some.losses[3] ?? 0)) < 1e-6);
  t.true((some.curve.at(-1)?.measures ?? 1) < (some.losses[0] ?? 0) / 2);
});

test('the clock of a fit leaves measuring out', async (t) => {
  const network = operatorNetwork({ channels });
  let time = 0;
  const { curve } = await fitSignal({
    executor,
    network,
    recipe: recipeOf(network),
    steps: 6,
    x,
    target,
    start: network.initial(stream(1, 'start')),
    clock: () => time,
    measureAt: [1, 2, 3],
    measure: () => {
      time += 100;
    },
  });
  t.deepEqual(
    curve.map(({ seconds }) => seconds),
    [0, 0, 0, 0],
  );
});

test('batches are the rows asked for: a fit to half of the points does not see the others', async (t) => {
  const network = siren({ channels: [2, 8, 1], omega: 5 });
  const start = network.initial(stream(2, 'start'));
  const places = { values: gridPoints(grid), shape: [42, 2] };
  const fitTo = (values: Float32Array) =>
    fitSignal({
      executor,
      network,
      recipe: recipeOf(network),
      steps: 5,
      x: places,
      target: { values, shape: [42, 1] },
      batch: { size: 3, rows: (step) => [step, 20 - step, 2 * step] },
      start,
      measure: meanSquare,
      clock: ticking(),
    });
  const changed = Float32Array.from(target.values, (value, i) => (i > 20 ? 9 : value));
  const [plain, other] = [await fitTo(target.values), await fitTo(changed)];
  t.deepEqual(plain.values, other.values);
});

test('a fit to signals of several sizes goes as that to one where all are the same, and sees each in its turn', async (t) => {
  const network = operatorNetwork({ channels, bias: true });
  const start = network.initial(stream(3, 'start'));
  const common = {
    ...{ executor, network, recipe: recipeOf(network), steps: 8, x, target, start },
    ...{ measure: meanSquare, clock: ticking() },
  };
  const plain = await fitSignal(common);
  const again = await fitSignal({
    ...common,
    sizes: {
      signals: [
        { x, target },
        { x, target },
      ],
      which: (step) => step % 2,
    },
  });
  t.true(plain.values.every((value, i) => Math.abs(value - (again.values[i] ?? Number.NaN)) < 1e-5));

  const small = { values: gridEncoding(3, [4, 5]), shape: [1, 12, 4, 5] };
  const white = { values: new Float32Array(20).fill(1), shape: [1, 1, 4, 5] };
  const steps: number[] = [];
  const mixed = await fitSignal({
    ...common,
    measureAt: [3],
    sizes: {
      signals: [
        { x, target },
        { x: small, target: white },
      ],
      which: (step) => {
        steps.push(step);
        return step === 5 ? 1 : 0;
      },
    },
  });
  t.deepEqual(steps, [0, 1, 2, 3, 4, 5, 6, 7]);
  t.true(Math.abs((mixed.losses[4] ?? 0) - (plain.losses[4] ?? 1)) < 1e-5);
  t.not(mixed.losses[5], plain.losses[5]);
  t.is(mixed.values.length, 42, 'measured at x, whatever the sizes of the steps');
});

test('what weighs nothing is not fitted', async (t) => {
  const network = operatorNetwork({ channels });
  const counts = Float32Array.from(target.values, (_, i) => (i < 21 ? 2 : 0));
  const fitTo = (values: Float32Array) =>
    fitSignal({
      ...{ executor, network, recipe: recipeOf(network), steps: 4, x },
      ...{ target: { values, shape: target.shape }, weights: { values: counts, shape: target.shape } },
      ...{ start: network.initial(stream(4, 'start')), measure: meanSquare, clock: ticking() },
    });
  const changed = Float32Array.from(target.values, (value, i) => (i < 21 ? value : 7));
  const [plain, other] = [await fitTo(target.values), await fitTo(changed)];
  t.deepEqual(plain.values, other.values);
  t.deepEqual(plain.losses, other.losses);
});
