import { openExecutor } from '@oinr/engines';
import type { Tensor } from '@oinr/graph';
import { forwardProgram, gradients, input, sizeOf, sum } from '@oinr/graph';
import type { SignalNetwork } from '@oinr/inr';
import {
  kernelNetwork,
  multiplicativeFilterNetwork,
  operatorNetwork,
  paperImageChannels,
  parameterCount,
  publicImageChannels,
  quarterImageChannels,
  scaledKernelNetwork,
  siren,
  wire,
} from '@oinr/inr';
import { stream } from '@oinr/random';
import test from 'ava';

const reference = await openExecutor('reference');

/** The network's values at x, calculated in float64 and rounded at the end, and its parameters. */
async function valuesAt(network: SignalNetwork, x: Tensor<'input'>, values: Float64Array) {
  const parameters = network.initial(stream(1, 'test'));
  const predictor = await reference.predictor(forwardProgram({ signal: network.apply(x) }));
  const { signal = new Float32Array() } = await predictor.run(parameters, { x: values });
  return { parameters, values: signal };
}

const points = input('x', [5, 2]);
const places = Float64Array.of(-1, -1, -0.3, 0.7, 0, 0, 0.01, -0.02, 1, 1);

test('sizes of the paper, of its code, and of a quarter of an image, for all four networks', (t) => {
  const count = (channels: readonly number[]) => parameterCount(operatorNetwork({ channels }));
  t.is(count(paperImageChannels), 172_224);
  t.is(count(publicImageChannels), 319_680);
  t.is(count(quarterImageChannels), 15_408);
  t.is(parameterCount(operatorNetwork({ channels: [48, 64, 128, 128, 64, 1], axes: 3 })), 969_793);
  t.is(
    parameterCount(operatorNetwork({ channels: [40, 64, 128, 256, 256, 128, 64, 3], bias: true })),
    1_352_771,
  );
  t.is(parameterCount(kernelNetwork({ channels: [41, 64, 128, 128, 64, 3] })), 107_169);
  t.is(parameterCount(siren({ channels: [2, 86, 86, 86, 3] })), 15_483);
  t.is(parameterCount(siren({ channels: [2, 292, 292, 292, 3] })), 172_867);
  t.is(parameterCount(wire({ axes: 2, width: 60, channels: 3 })), 15_186);
  t.is(parameterCount(multiplicativeFilterNetwork({ axes: 2, width: 82, channels: 3 })), 15_337);
  t.is(parameterCount(multiplicativeFilterNetwork({ axes: 2, width: 288, channels: 3 })), 172_515);
});

test('initial values have the published bounds and the shapes that the network declares', (t) => {
  const networks = [
    operatorNetwork({ channels: [8, 6, 3] }),
    siren({ channels: [2, 50, 60, 3] }),
    wire({ axes: 2, width: 20, channels: 3 }),
    multiplicativeFilterNetwork({ axes: 3, width: 200, channels: 1 }),
  ];
  for (const network of networks) {
    const values = network.initial(stream(3, 'test'));
    t.deepEqual(Object.keys(values), Object.keys(network.shapes));
    for (const [name, shape] of Object.entries(network.shapes))
      t.is(values[name]?.length, sizeOf(shape), name);
    t.deepEqual(network.initial(stream(3, 'test')), values);
  }
  const largest = (values: Float32Array | undefined) => Math.max(...(values ?? []).map(Math.abs));
  const near = (found: number, bound: number) => found <= bound && found > 0.9 * bound;
  const sine = networks[1]?.initial(stream(4, 'test')) ?? {};
  t.true(near(largest(sine['layer0.weights']), 1 / 2));
  t.true(near(largest(sine['layer1.weights']), Math.sqrt(6 / 50) / 30));
  t.true(near(largest(sine['layer2.weights']), Math.sqrt(6 / 60) / 30));
  const filters = networks[3]?.initial(stream(4, 'test')) ?? {};
  const gamma = filters['filter0.gamma'] ?? new Float32Array();
  const mean = gamma.reduce((total, value) => total + value, 0) / gamma.length;
  t.true(Math.abs(mean - 2) < 0.4, 'the gamma distribution of shape 6 / 3 has the mean 2');
  const scaled = (filters['filter0.weights'] ?? new Float32Array()).map(
    (value, i) => value / Math.sqrt(gamma[Math.floor(i / 3)] ?? Number.NaN),
  );
  t.true(near(largest(scaled), 128 / Math.sqrt(3)));
});

test('SIREN is sines of omega (W x + b), the last layer linear', async (t) => {
  const { values, parameters } = await valuesAt(siren({ channels: [2, 3, 1], omega: 7 }), points, places);
  const {
    'layer0.weights': w = [],
    'layer0.bias': b = [],
    'layer1.weights': v = [],
    'layer1.bias': c = [],
  } = parameters;
  for (let p = 0; p < 5; p++) {
    const [x, y] = [places[2 * p], places[2 * p + 1]];
    let expected = c[0];
    for (let i = 0; i < 3; i++) expected += v[i] * Math.sin(7 * (w[2 * i] * x + w[2 * i + 1] * y + b[i]));
    t.true(Math.abs((values[p] ?? 0) - expected) < 1e-6);
  }
});

test('WIRE in pairs of reals is WIRE in complex numbers', async (t) => {
  const [width, omega, sigma] = [3, 4, 2];
  const network = wire({ axes: 2, width, hidden: 1, channels: 2, omega, sigma });
  const { values, parameters } = await valuesAt(network, points, places);
  const part = (name: string) => parameters[name] ?? new Float32Array();
  type Complex = readonly [number, number];
  const gabor = ([u, v]: Complex): Complex => {
    const size = Math.exp(-omega * v - sigma ** 2 * (u * u + v * v));
    return [size * Math.cos(omega * u), size * Math.sin(omega * u)];
  };
  /** One output of a complex layer: sum of weight times input, and bias; both parts lie one after the other. */
  const linear = (name: string, outputs: number, o: number, z: readonly Complex[]): Complex => {
    const [w, b] = [part(`${name}.weights`), part(`${name}.bias`)];
    let [re, im] = [b[o] ?? 0, b[outputs + o] ?? 0];
    z.forEach(([u, v], i) => {
      const [a, c] = [w[o * width + i] ?? 0, w[(outputs + o) * width + i] ?? 0];
      re += a * u - c * v;
      im += a * v + c * u;
    });
    return [re, im];
  };
  for (let p = 0; p < 5; p++) {
    const [x, y] = [places[2 * p] ?? 0, places[2 * p + 1] ?? 0];
    const [w, b] = [part('layer0.weights'), part('layer0.bias')];
    const first = Array.from(b, (bias, i) =>
      gabor([(w[2 * i] ?? 0) * x + (w[2 * i + 1] ?? 0) * y + bias, 0]),
    );
    const second = Array.from({ length: width }, (_, o) => gabor(linear('layer1', width, o, first)));
    for (let o = 0; o < 2; o++) {
      const [expected] = linear('layer2', 2, o, second);
      t.true(Math.abs((values[2 * p + o] ?? 0) - expected) < 1e-6);
    }
  }
});

test('a filter network multiplies Gabor filters and linear layers', async (t) => {
  const network = multiplicativeFilterNetwork({ axes: 2, width: 2, filters: 2, channels: 1, scale: 3 });
  const { values, parameters } = await valuesAt(network, points, places);
  const part = (name: string) => parameters[name] ?? new Float32Array();
  const at = (values: Float32Array, i: number) => values[i] ?? Number.NaN;
  for (let p = 0; p < 5; p++) {
    const [x, y] = [places[2 * p] ?? 0, places[2 * p + 1] ?? 0];
    const filter = (n: number, i: number) => {
      const [mu, v] = [part(`filter${n}.centre`), part(`filter${n}.weights`)];
      const distance = (x - at(mu, 2 * i)) ** 2 + (y - at(mu, 2 * i + 1)) ** 2;
      const phase = at(v, 2 * i) * x + at(v, 2 * i + 1) * y + at(part(`filter${n}.bias`), i);
      return Math.exp((-at(part(`filter${n}.gamma`), i) / 2) * distance) * Math.sin(phase);
    };
    const linear = (n: number, i: number, z: readonly number[]) =>
      z.reduce(
        (total, value, j) => total + at(part(`linear${n}.weights`), 2 * i + j) * value,
        at(part(`linear${n}.bias`), i),
      );
    const first = [filter(0, 0), filter(0, 1)];
    const second = [0, 1].map((i) => linear(0, i, first) * filter(1, i));
    t.true(Math.abs((values[p] ?? 0) - linear(1, 0, second)) < 1e-6);
  }
});

/** A network of one layer at a grid of this side, given one channel of these values, without its bias. */
async function layerAt(
  network: SignalNetwork,
  side: number,
  parameters: Record<string, Float32Array>,
  value: (down: number, right: number) => number,
): Promise<(row: number, column: number) => number> {
  const x = input('x', [1, 1, side, side]);
  const predictor = await reference.predictor(forwardProgram({ signal: network.apply(x) }));
  const at = (i: number) => (i + 0.5) / side - 0.5;
  const values = Float64Array.from({ length: side ** 2 }, (_, i) =>
    value(at(Math.floor(i / side)), at(i % side)),
  );
  const { signal = new Float32Array() } = await predictor.run(parameters, { x: values });
  return (row, column) => signal[row * side + column] ?? Number.NaN;
}

test('a scaled kernel answers a smooth signal alike at every resolution; the published one does not', async (t) => {
  const wave = (down: number, right: number) => Math.sin(3 * down) + Math.cos(5 * right + 1);
  /** The answer in the middle of the image, between pixels where the side is even. */
  const middle = async (network: SignalNetwork, side: number, parameters: Record<string, Float32Array>) => {
    const at = await layerAt(network, side, parameters, wave);
    const [low, high] = [Math.floor((side - 1) / 2), Math.ceil((side - 1) / 2)];
    return (at(low, low) + at(low, high) + at(high, low) + at(high, high)) / 4;
  };
  const scaled = scaledKernelNetwork({ channels: [1, 1], reference: 40 });
  const published = kernelNetwork({ channels: [1, 1] });
  const kernels = Float32Array.of(0.4, -0.3, 0.2, 0.1, 0.5, -0.2, 0.3, -0.1, 0.2);
  const scaledValues = { 'layer0.kernels': kernels, 'layer0.bias': Float32Array.of(0) };
  const expected = await middle(scaled, 200, scaledValues);
  for (const side of [40, 57, 80, 121])
    t.true(Math.abs((await middle(scaled, side, scaledValues)) / expected - 1) < 0.02, `${side} pixels`);
  // The published kernel has the same nine values, whatever the pixels are of the image.
  const parameters = published.initial(stream(1, 'published'));
  const answers = await Promise.all(
    [9, 19].map(async (side) => {
      const middle = (side - 1) / 2;
      const impulse = (down: number, right: number) => (down === 0 && right === 0 ? 1 : 0);
      const at = await layerAt(published, side, parameters, impulse);
      return [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => at(middle + down, middle + right)));
    }),
  );
  t.deepEqual(answers[0], answers[1]);
  t.true((answers[0] ?? []).some((value) => Math.abs(value) > 0.01));
});

test('at its reference a scaled kernel may be any 3x3 kernel, twice as fine it is 7x7', async (t) => {
  const network = scaledKernelNetwork({ channels: [1, 1], reference: 9 });
  const answers: number[][] = [];
  for (let n = 0; n < 9; n++) {
    const parameters = {
      'layer0.kernels': Float32Array.from({ length: 9 }, (_, i) => (i === n ? 1 : 0)),
      'layer0.bias': Float32Array.of(0),
    };
    const impulse = await layerAt(network, 9, parameters, (down, right) =>
      down === 0 && right === 0 ? 1 : 0,
    );
    answers.push([3, 4, 5].flatMap((row) => [3, 4, 5].map((column) => impulse(row, column))));
    t.is(impulse(2, 4), 0);
    const fine = await layerAt(network, 19, parameters, (down, right) => (down === 0 && right === 0 ? 1 : 0));
    t.is(fine(5, 9), 0);
  }
  // But for the means over pixels the functions are orthonormal there.
  for (const [i, a] of answers.entries())
    for (const [j, b] of answers.entries()) {
      const product = a.reduce((total, value, n) => total + value * (b[n] ?? 0), 0);
      if (i === j) t.true(product > 0.4 && product <= 1 + 1e-6);
      else t.true(Math.abs(product) < 1e-6, `${i}, ${j}: ${product}`);
    }
});

test('all parameters of all networks are reached by the gradient', (t) => {
  const image = input('x', [1, 4, 5, 6]);
  for (const [network, x] of [
    [siren({ channels: [2, 5, 5, 3] }), points],
    [wire({ axes: 2, width: 4, channels: 3 }), points],
    [multiplicativeFilterNetwork({ axes: 2, width: 4, channels: 3 }), points],
    [operatorNetwork({ channels: [4, 5, 3] }), image],
    [kernelNetwork({ channels: [4, 5, 3] }), image],
    [scaledKernelNetwork({ channels: [4, 5, 3], reference: 6 }), image],
  ] as const) {
    const output = network.apply(x);
    const { parameters } = forwardProgram({ output });
    t.is(parameters.length, Object.keys(network.shapes).length);
    t.notThrows(() => gradients(sum(output), parameters), network.name);
  }
});
