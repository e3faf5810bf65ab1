import { stream } from '@oinr/random';
import test from 'ava';
import {
  aliasFreeOctaves,
  channelsFirst,
  channelsLast,
  gridEncoding,
  gridPoints,
  noiseEncoding,
  operatorNetwork,
  positionalEncoding,
  recipeOf,
  siren,
} from '../src/index.ts';
import { ratesOf } from '../src/recipe.ts';

test('recipes: Muon decays over the second half, the paper has a constant rate; O-INR takes Muon by default', (t) => {
  const network = operatorNetwork({ channels: [12, 6, 1], learningRate: 2e-3 });
  t.is(recipeOf(network).name, 'muon');
  t.is(recipeOf(siren({ channels: [2, 8, 1] })).name, 'paper');
  const rates = ratesOf(recipeOf(network), 100)(0, 100);
  t.true(rates.subarray(0, 51).every((rate) => rate === rates[0]));
  t.true(Math.abs((rates[75] ?? 0) / (rates[0] ?? 1) - 0.5) < 1e-6);
  t.true(Math.abs((rates[99] ?? 0) / (rates[0] ?? 1) - 0.02) < 1e-6);
  const paper = ratesOf(recipeOf(network, 'paper'), 100);
  t.true([...paper(0, 10), ...paper(90, 10)].every((rate) => Math.abs(rate - 2e-3) < 1e-9));
});

test('encodings of grids: the old one in two axes, each axis in its turn in three; noise is fixed by its stream', (t) => {
  t.deepEqual(gridEncoding(2, [4, 5]), positionalEncoding(2, 4, 5));
  const [depth, height, width] = [2, 3, 4];
  const volume = gridEncoding(1, [depth, height, width]);
  const at = (channel: number, z: number, y: number, column: number) =>
    volume[((channel * depth + z) * height + y) * width + column] ?? Number.NaN;
  t.is(volume.length, 6 * 24);
  t.true(Math.abs(at(0, 1, 2, 1) - Math.sin(Math.PI * (-1 / 3))) < 1e-6, 'x first');
  t.true(Math.abs(at(3, 1, 2, 1) - Math.cos(Math.PI)) < 1e-6, 'then y');
  t.true(Math.abs(at(5, 0, 2, 1) - Math.cos(Math.PI)) < 1e-6, 'then z');
  t.deepEqual([...gridPoints([2, 3])], [-1, -1, -1, 0, -1, 1, 1, -1, 1, 0, 1, 1]);
  t.deepEqual(noiseEncoding(stream(1, 'n'), 2, [6, 7]), noiseEncoding(stream(1, 'n'), 2, [6, 7]));
});

test('alias-free octaves: 8 at 512 and at 400 pixels, 6 at 128', (t) => {
  t.deepEqual([512, 400, 128, 3, 1].map(aliasFreeOctaves), [8, 8, 6, 0, 0]);
});

test('layouts change into each other', (t) => {
  const planes = Float32Array.of(1, 2, 3, 10, 20, 30);
  t.deepEqual([...channelsLast(planes, 2)], [1, 10, 2, 20, 3, 30]);
  t.deepEqual(channelsFirst(channelsLast(planes, 2), 2), planes);
});
