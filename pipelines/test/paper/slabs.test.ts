import { openExecutor } from '@oinr/engines';
import type { Tensor, TensorValues } from '@oinr/graph';
import { forwardProgram, gradients, input, mean, multiply, square, subtract } from '@oinr/graph';
import type { Samples } from '@oinr/inr';
import { cutSlabs, gridEncoding, joinSlabs, operatorNetwork, slabsOf, slabWeights } from '@oinr/inr';
import { stream } from '@oinr/random';
import test from 'ava';

const reference = await openExecutor('reference');
const shape = [5, 11, 4] as const;
const network = operatorNetwork({ channels: [6, 4, 3, 1], axes: 3 });
const layers = 3;
const weights = network.initial(stream(1, 'slabs'));
const encoding = gridEncoding(1, shape);
const target = Float32Array.from({ length: 220 }, (_, i) => Math.sin(i));

async function evaluate(outputs: Record<string, Tensor>, feeds: TensorValues) {
  const predictor = await reference.predictor(forwardProgram(outputs));
  return predictor.run(weights, feeds);
}

const valuesAt = async ({ values, shape: at }: Samples): Promise<Float32Array> => {
  const { signal = new Float32Array() } = await evaluate(
    { signal: network.apply(input('x', at)) },
    { x: values },
  );
  return signal;
};

const largest = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

for (const [axis, thickness] of [
  [1, 3],
  [1, 4],
  [1, 11],
  [0, 2],
  [2, 1],
] as const) {
  test(`slabs of ${thickness} along axis ${axis} give what the whole volume gives, borders included`, async (t) => {
    const whole = await valuesAt({ values: encoding, shape: [1, 6, ...shape] });
    const cut = slabsOf(shape, { axis, thickness, halo: layers });
    const joined = joinSlabs(cut, await valuesAt(cutSlabs(cut, encoding)));
    t.true(largest(joined, whole) < 1e-7);
  });
}

test('a halo that is one voxel too narrow shows', async (t) => {
  const whole = await valuesAt({ values: encoding, shape: [1, 6, ...shape] });
  const cut = slabsOf(shape, { axis: 1, thickness: 3, halo: layers - 1 });
  t.true(largest(joinSlabs(cut, await valuesAt(cutSlabs(cut, encoding))), whole) > 1e-6);
});

test('slabs put together are the volume, for any number of channels', (t) => {
  for (const axis of [0, 1, 2])
    for (const thickness of [1, 2, 3, 100]) {
      const cut = slabsOf(shape, { axis, thickness, halo: 2 });
      t.deepEqual(joinSlabs(cut, cutSlabs(cut, encoding).values), encoding);
    }
});

test('gradients of slabs, each by its share, add up to that of the volume', async (t) => {
  const gradientOf = async (x: Samples, wanted: Samples, counts: Samples) => {
    const error = square(subtract(network.apply(input('x', x.shape)), input('target', wanted.shape)));
    const loss = mean(multiply(error, input('weights', counts.shape)));
    const sources = forwardProgram({ loss }).parameters;
    const found = gradients(loss, sources);
    const feeds = { x: x.values, target: wanted.values, weights: counts.values };
    return evaluate(
      Object.fromEntries(sources.map(({ attributes: { name } }, i) => [name, found[i] as Tensor])),
      feeds,
    );
  };
  const cut = slabsOf(shape, { axis: 1, thickness: 4, halo: layers });
  const sides = cut.slabs.map(({ from, to }) => to - from);
  t.deepEqual(sides, [4, 4, 3]);
  const [x, wanted, counts] = [cutSlabs(cut, encoding), cutSlabs(cut, target), slabWeights(cut)];
  const one = (samples: Samples, n: number): Samples => {
    const size = samples.values.length / sides.length;
    return {
      values: samples.values.subarray(n * size, (n + 1) * size),
      shape: [1, ...samples.shape.slice(1)],
    };
  };
  const whole = await gradientOf(
    { values: encoding, shape: [1, 6, ...shape] },
    { values: target, shape: [1, 1, ...shape] },
    { values: new Float32Array(220).fill(1), shape: [1, 1, ...shape] },
  );
  for (const [name, expected] of Object.entries(whole)) {
    const total = new Float64Array(expected.length);
    for (const [n, side] of sides.entries()) {
      const part = await gradientOf(one(x, n), one(wanted, n), one(counts, n));
      (part[name] ?? new Float32Array()).forEach((value, i) => {
        total[i] = (total[i] ?? 0) + (value * side) / 11;
      });
    }
    t.true(largest(Float32Array.from(total), expected) < 1e-6, name);
  }
});
