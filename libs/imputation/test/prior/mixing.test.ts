import { referenceExecutor } from '@oinr/engines';
import { forwardProgram, input } from '@oinr/graph';
import { stream } from '@oinr/random';
import { dropSlices, keepEvery } from '@oinr/slices';
import { type AnatomicalAxis, axisDirections, identityAffine } from '@oinr/volume';
import test from 'ava';
import { applyPrior, type PriorExpert } from '../../src/index.ts';
import { expertsFor, geometryTold } from '../../src/methods/prior/experts.ts';
import { gapSlabs } from '../../src/methods/prior/gapSlabs.ts';
import {
  applyPriorNetwork,
  atPhases,
  foldGeometry,
  foldPhases,
  inputChannels,
  mixingReach,
  type PriorNetwork,
} from '../../src/methods/prior/network.ts';
import { drawBatch } from '../../src/methods/prior/sampler.ts';
import { noAugmentation } from '../../src/methods/prior/scene.ts';
import { ownGaps, taughtGeometries, trainedRange } from '../../src/methods/prior/training.ts';
import { windowCorrection } from '../../src/methods/prior/windows.ts';
import { blobs, cpu, randomModel } from './support.ts';

const network: PriorNetwork = randomModel(1).experts[0].network;

test('slabs keep every gap once, and see all that influences what they keep (property)', (t) => {
  const random = stream(1, 'slabs');
  for (let n = 0; n < 300; n++) {
    const [gaps, reach, most] = [1 + random.integer(90), random.integer(6), random.integer(40)];
    const slabs = gapSlabs(gaps, reach, most);
    t.deepEqual(
      slabs.flatMap(({ keep: [from, to] }) => Array.from({ length: to - from }, (_, i) => from + i)),
      Array.from({ length: gaps }, (_, i) => i),
    );
    for (const { from, gaps: size, keep } of slabs) {
      t.true(from >= 0 && from + size <= gaps);
      t.true(from === 0 || from <= keep[0] - reach);
      t.true(from + size === gaps || from + size >= keep[1] + reach);
    }
    // All of one size, so that one program serves them; no larger than asked where that is possible.
    t.is(new Set(slabs.map((slab) => slab.gaps)).size, 1);
    t.true(slabs[0].gaps <= Math.max(most, 2 * reach + 1));
  }
});

test('a gap is influenced through as many neighbours as the network mixes layers, and by no more', async (t) => {
  // With this network (one mixing layer, three slices on each side) slice 24 is an input of the gaps from 15 to 33, and
  // they are mixed into the next gap on both sides: nothing before slice 12 or after slice 36 may change.
  const [length, every, changed] = [49, 3, 24];
  const volume = blobs([12, length, 14], 3);
  const other = { grid: volume.grid, data: volume.data.slice() };
  const [nx, ny, nz] = volume.grid.shape;
  for (let z = 0; z < nz; z++)
    for (let x = 0; x < nx; x++) {
      const i = x + nx * (changed + ny * z);
      other.data[i] = Math.min(1, other.data[i] * 1.02);
    }
  const kept = keepEvery({ length, every });
  const model = randomModel(5);
  const [first, second] = await Promise.all(
    [volume, other].map((one) => applyPrior(dropSlices(one, 1, kept), model, cpu)),
  );
  const touched = new Set<number>();
  for (const [i, value] of first.data.entries())
    if (value !== second.data[i]) touched.add(Math.floor(i / nx) % ny);
  const reach = network.reach + mixingReach(network);
  t.is(Math.min(...touched), changed - reach * every + 1);
  t.is(Math.max(...touched), changed + reach * every - 1);
});

test('the stacks of a batch do not see each other: each gives what it gives alone', async (t) => {
  const { data, grid } = blobs([40, 40, 40], 2);
  const scene = { shape: grid.shape, voxels: [1, 1, 1] as const, measured: data, clean: data };
  const size = { batch: 3, gaps: 4, window: 16, wanted: 2 };
  const batch = drawBatch([scene], stream(4, 'batch'), network, { ...size, spacings: [2, 3], thickShare: 0 });
  const run = async (samples: number, feeds: Record<string, Float32Array>) => {
    const program = forwardProgram({ correction: windowCorrection(network, { ...size, batch: samples }) });
    const predictor = await cpu.predictor(program);
    const { correction } = await predictor.run(randomModel(7).experts[0].weights, feeds);
    await predictor.dispose();
    return correction;
  };
  const { blocks, geometry, basis } = batch;
  const all = await run(3, { blocks, geometry, basis });
  const part = (values: Float32Array, n: number) =>
    values.slice((n * values.length) / 3, ((n + 1) * values.length) / 3);
  for (let n = 0; n < 3; n++) {
    const feeds = { blocks: part(blocks, n), geometry: part(geometry, n), basis: part(basis, n) };
    const alone = await run(1, feeds);
    t.true(alone.some((value) => Math.abs(value) > 1e-4));
    const expected = part(all, n);
    t.true(alone.every((value, i) => Math.abs(value - expected[i]) < 1e-5));
  }
});

test('kernels made for one geometry and for the phases asked for give what the network gives that is told both', async (t) => {
  const { data, grid } = blobs([40, 40, 40], 6);
  const scene = { shape: grid.shape, voxels: [1, 1, 1] as const, measured: data, clean: data };
  const size = { batch: 1, gaps: 3, window: 16, wanted: 2 };
  const options = { ...size, spacings: [3], thickShare: 0 };
  const { blocks, geometry, basis } = drawBatch([scene], stream(8, 'batch'), network, options);
  const weights = randomModel(9).experts[0].weights;
  const reference = referenceExecutor();
  const told = await reference.predictor(forwardProgram({ correction: windowCorrection(network, size) }));
  const { correction } = await told.run(weights, { blocks, geometry, basis });

  const names = ['gap0', 'gap1', 'gap2'];
  const [channels, side] = [inputChannels(network), size.window / network.block];
  const answers = applyPriorNetwork(
    atPhases(network, size.wanted),
    names.map((name) => input(name, [1, channels, side, side])),
  );
  const made = await reference.predictor(
    forwardProgram(Object.fromEntries(names.map((name, gap) => [name, answers[gap]]))),
  );
  const folded = foldGeometry(network, weights, [...geometry]);
  const part = (values: Float32Array, gap: number) =>
    values.subarray((gap * values.length) / 3, ((gap + 1) * values.length) / 3);
  for (const [gap, name] of names.entries()) {
    // Samples ask every gap for phases of its own.
    const waves = [0, 1].map((n) => [
      ...part(basis, gap).subarray(n * network.phases, (n + 1) * network.phases),
    ]);
    const feeds = Object.fromEntries(names.map((other, n) => [other, part(blocks, n)]));
    const result = await made.run(foldPhases(network, folded, waves), feeds);
    const expected = part(correction, gap);
    t.true(expected.some((value) => Math.abs(value) > 1e-4));
    // Folded kernels are float32.
    t.true(expected.every((value, i) => Math.abs(value - result[name][i]) < 1e-6));
  }
});

const expert = (gaps: readonly [number, number], pixels: readonly [number, number]): PriorExpert => ({
  network,
  weights: {},
  gaps,
  range: { gap: [1, 40], pixel: [0.5, 4], gapInPixels: pixels },
});
const [narrow, wide] = [expert([2, 3], [1.5, 4]), expert([4, 8], [3, 10])];
const sharesAt = (gap: number, experts = [wide, narrow], axis: AnatomicalAxis = 'coronal') =>
  expertsFor(experts, { distance: gap * 1.5, pixel: 1.5, thickness: 0 }, axis);

test('experts divide the gaps by their size in pixels, and go over into each other without a seam', (t) => {
  t.deepEqual(sharesAt(2.5).shares, [{ expert: narrow, share: 1 }]);
  t.deepEqual(sharesAt(3).shares, [{ expert: narrow, share: 1 }]);
  t.deepEqual(sharesAt(4).shares, [{ expert: wide, share: 1 }]);
  t.deepEqual(sharesAt(8.7).shares, [{ expert: wide, share: 1 }]);
  // Two hundredths of the way belong to the experts themselves, since gaps are written down rounded.
  t.deepEqual(sharesAt(3.02).shares, [{ expert: narrow, share: 1 }]);
  t.deepEqual(sharesAt(3.97).shares, [{ expert: wide, share: 1 }]);
  const between = sharesAt(3.03 + 0.25 * 0.93).shares;
  t.deepEqual(
    between.map((one) => one.expert),
    [narrow, wide],
  );
  t.true(Math.abs(between[1].share - 0.25) < 1e-12);
  let before = 0;
  for (let gap = 2.9; gap < 4.1; gap += 0.01) {
    const { shares } = sharesAt(gap);
    t.true(Math.abs(shares.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
    const ofWide = shares.find((one) => one.expert === wide)?.share ?? 0;
    t.true(ofWide >= before && ofWide < before + 0.011);
    before = ofWide;
  }
});

test('of two experts for the same gaps that with the narrower range of pixel sizes answers where it has seen them', (t) => {
  const at = (range: PriorExpert['range'], gaps = narrow.gaps): PriorExpert => ({ ...narrow, gaps, range });
  const fine = at({ ...narrow.range, pixel: [0.8, 1.2] });
  const coarse = at({ ...narrow.range, pixel: [0.5, 5] }, [1.5, 3]);
  const experts = [coarse, wide, fine];
  const answering = (gap: number, pixel: number): PriorExpert[] =>
    expertsFor(experts, { distance: gap * pixel, pixel, thickness: 0 }, 'axial').shares.map(
      (one) => one.expert,
    );
  t.deepEqual(answering(2.5, 1), [fine]);
  t.deepEqual(answering(3.5, 1), [fine, wide]);
  t.deepEqual(answering(2.5, 2), [coarse]);
  t.deepEqual(answering(3.5, 0.6), [coarse, wide]);
  t.deepEqual(answering(5, 1), [wide]);
});

test('between two experts the gap decides by what their people have, along all axes', (t) => {
  // 0.868 x 0.868 x 1 mm: three slices are 2.8 or 3.5 pixels apart, four 3.7 or 4.6.
  const people = [
    { name: 'a', shape: [1, 1, 1] as const, voxels: [0.868, 0.868, 1] as const, data: Float32Array.of(1) },
  ];
  t.deepEqual(ownGaps(people, { spacings: [2, 3] }), [1.86, 3.46]);
  t.deepEqual(ownGaps(people, { spacings: [4, 5, 6, 8] }), [3.73, 9.22]);
});

test('an expert that has not seen the geometry leaves it to the other; where nobody has, the nearest range is named', (t) => {
  const short = expert([2, 3], [1.5, 3.1]);
  t.deepEqual(sharesAt(3.5, [short, wide]).shares, [{ expert: wide, share: 1 }]);
  const { shares, outside } = sharesAt(14);
  t.deepEqual(shares, []);
  t.regex(outside ?? '', /14\.00 pixels, and the operator was trained from 3 to 10 pixels/);
  t.regex(sharesAt(1.1).outside ?? '', /1\.10 pixels, and the operator was trained from 1\.5 to 4 pixels/);
});

test('an expert of one axis goes before those of all, along its axis and where it has seen the geometry', (t) => {
  const coronal: PriorExpert = { ...expert([2, 3], [1.5, 4]), axis: 'coronal' };
  const all = [coronal, narrow, wide];
  t.deepEqual(sharesAt(2.5, all).shares, [{ expert: coronal, share: 1 }]);
  t.deepEqual(sharesAt(2.5, all, 'axial').shares, [{ expert: narrow, share: 1 }]);
  t.deepEqual(sharesAt(8, all).shares, [{ expert: wide, share: 1 }]);
  // Alone it answers for no other axis, and says of its own what it has not seen.
  t.deepEqual(sharesAt(2.5, [coronal], 'sagittal'), { shares: [], outside: undefined });
  t.regex(sharesAt(14, [coronal]).outside ?? '', /trained from 1\.5 to 4 pixels/);
});

test('what a training of one axis covers is that of its axis alone', (t) => {
  const directions = axisDirections(identityAffine);
  const people = [
    {
      name: 'a',
      shape: [1, 1, 1] as const,
      voxels: [1, 2, 4] as const,
      directions,
      data: Float32Array.of(1),
    },
  ];
  const settings = { spacings: [2, 3], axis: 'coronal', augmentation: noAugmentation } as const;
  // Coronal slices are 2 mm apart, their pixels 1 x 4 mm.
  t.deepEqual(ownGaps(people, settings), [2, 3]);
  t.deepEqual(trainedRange(people, settings), { gap: [4, 6], pixel: [2, 2], gapInPixels: [2, 3] });
});

test('an expert of one axis is told the nearest gap of its people, in pixels', (t) => {
  const geometry = { distance: 6, pixel: 1.5, thickness: 0.5 };
  t.is(geometryTold(narrow, geometry), geometry);
  const directions = axisDirections(identityAffine);
  const people = [1, 1.004].map((size) => ({
    ...{
      name: 'a',
      shape: [1, 1, 1] as const,
      voxels: [1, size, 1] as const,
      directions,
      data: Float32Array.of(1),
    },
  }));
  const taught = taughtGeometries(people, { spacings: [2, 3, 3], axis: 'coronal' });
  t.deepEqual(taught, [
    { distance: 2, pixel: 1 },
    { distance: 3, pixel: 1 },
    { distance: 2.01, pixel: 1 },
    { distance: 3.01, pixel: 1 },
  ]);
  t.is(taughtGeometries(people, { spacings: [2] }), undefined);
  // Four pixels lie nearest to those of the second person's three slices.
  const coronal: PriorExpert = { ...narrow, axis: 'coronal', taught };
  t.deepEqual(geometryTold(coronal, geometry), { distance: 3.01, pixel: 1, thickness: 0.5 });
});
