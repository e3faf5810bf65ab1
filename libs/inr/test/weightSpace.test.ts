import { stream } from '@oinr/random';
import test from 'ava';
import { matchChannels, operatorNetwork, reorderChannels, weightsBetween } from '../src/index.ts';

const hidden = [5, 4];
const network = operatorNetwork({ channels: [3, ...hidden, 2], bias: true });
const random = stream(1, 'matching');

/** Activations that no two channels share: (channels, pixels) of each hidden layer. */
const activations = hidden.map((channels) =>
  Float32Array.from({ length: channels * 50 }, () => random.normal()),
);

const reordered = (values: Float32Array, order: readonly number[]): Float32Array =>
  Float32Array.from(order.flatMap((channel) => [...values.subarray(channel * 50, channel * 50 + 50)]));

test('shuffled channels are found again, by pixels and by quantiles', (t) => {
  const orders = hidden.map((channels) => [...random.permutation(channels)]);
  const shuffled = activations.map((values, layer) => reordered(values, orders[layer] ?? []));
  for (const likeness of ['pixels', 'quantiles'] as const) {
    const found = matchChannels(activations, shuffled, hidden, likeness);
    found.forEach((order, layer) => {
      const back = reordered(shuffled[layer] ?? new Float32Array(), order);
      t.deepEqual(back, activations[layer], likeness);
    });
  }
});

test('the assignment is the best one of all, not the best for each channel in turn', (t) => {
  const directions = (...degrees: number[]) =>
    Float32Array.from(degrees.flatMap((d) => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)]));
  // The nearest to channel 0, at 0 degrees, is the one at 15; but then channel 1, at 40, would be left with that at -60.
  t.deepEqual(matchChannels([directions(0, 40)], [directions(15, -60)], [2], 'pixels'), [[1, 0]]);
});

test('an order and its inverse give the weights back; nothing is lost on the way', (t) => {
  const weights = network.initial(stream(2, 'weights'));
  const orders = hidden.map((channels) => [...random.permutation(channels)]);
  const inverse = orders.map((order) => order.map((_, channel) => order.indexOf(channel)));
  const moved = reorderChannels(network, weights, orders);
  t.notDeepEqual(moved, weights);
  t.deepEqual(reorderChannels(network, moved, inverse), weights);
});

test('a line of weights has both ends, and a part of it moves alone', (t) => {
  const [a, b] = [network.initial(stream(3, 'a')), network.initial(stream(3, 'b'))];
  const wide = (weights: Record<string, Float32Array>) =>
    Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, Float64Array.from(values)]));
  t.deepEqual(weightsBetween(a, b, 0), wide(a));
  t.deepEqual(weightsBetween(a, b, 1), wide(b));
  const one = weightsBetween(a, b, 1, ['layer1.weights']);
  t.deepEqual(one, wide({ ...a, 'layer1.weights': b['layer1.weights'] ?? new Float32Array() }));
  const middle = weightsBetween(a, b, 0.5)['layer0.weights'] ?? [];
  t.true(
    Math.abs((middle[0] ?? 0) - ((a['layer0.weights']?.[0] ?? 0) + (b['layer0.weights']?.[0] ?? 0)) / 2) <
      1e-12,
  );
});
