import { stream } from '@oinr/random';
import { dropSlices, keepEvery } from '@oinr/slices';
import {
  type ArrayAxis,
  affineFromColumns,
  arrayAxis,
  axisDirections,
  reorientToRas,
  type Volume,
} from '@oinr/volume';
import test from 'ava';
import { applyPrior, decodePriorModel, encodePriorModel, type PriorModel } from '../../src/index.ts';
import { drawBatch } from '../../src/methods/prior/sampler.ts';
import { blobs, cpu, largestDifference, randomModel, reversed } from './support.ts';

const slicings = ['sagittal', 'coronal', 'axial'] as const;
const asCame = randomModel(11);
const upright: PriorModel = {
  ...asCame,
  experts: asCame.experts.map((expert) => ({ ...expert, upright: true })),
};

/** The head in an array whose axis n is axis order[n] of `volume`, in reverse where `flips` says so. */
function stored(volume: Volume, order: readonly ArrayAxis[], flips: readonly boolean[]): Volume {
  const { shape } = volume.grid;
  const [nx, ny, nz] = order.map((axis) => shape[axis]);
  const data = new Float32Array(nx * ny * nz);
  const at = (n: number, i: number): number => (flips[n] ? shape[order[n]] - 1 - i : i);
  const from = [0, 0, 0];
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        for (const [n, index] of [x, y, z].entries()) from[order[n]] = at(n, index);
        data[i] = volume.data[from[0] + shape[0] * (from[1] + shape[1] * from[2])];
      }
  const column = (n: number) => [0, 1, 2].map((world) => (world === order[n] ? (flips[n] ? -1 : 1) : 0));
  const origin = [0, 1, 2].map((world) => (flips[order.indexOf(world as ArrayAxis)] ? shape[world] - 1 : 0));
  const [a, b, c, o] = [column(0), column(1), column(2), origin] as unknown as [
    ...[
      [number, number, number],
      [number, number, number],
      [number, number, number],
      [number, number, number],
    ],
  ];
  return { grid: { shape: [nx, ny, nz], affine: affineFromColumns(a, b, c, o) }, data };
}

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

async function filled(
  volume: Volume,
  slicing: (typeof slicings)[number],
  model: PriorModel,
): Promise<Float32Array> {
  const axis = arrayAxis(volume.grid, slicing);
  // 16 = 5 * 3 + 1: the same slices are kept from either end.
  const kept = keepEvery({ length: volume.grid.shape[axis], every: 3 });
  const { data } = await applyPrior(dropSlices(volume, axis, kept), model, cpu);
  return reorientToRas({ grid: volume.grid, data }).data;
}

test('an upright network gives the same head in whatever order and direction its axes are stored (all 48)', async (t) => {
  const volume = blobs([16, 16, 16], 9);
  const flips = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [1, 2, 4].map((bit) => (n & bit) > 0));
  for (const slicing of slicings) {
    const expected = await filled(volume, slicing, upright);
    for (const [n, order] of orders.entries())
      for (const flip of slicing === 'coronal' ? flips : [flips[n], flips[7 - n]]) {
        const difference = largestDifference(
          await filled(stored(volume, order, flip), slicing, upright),
          expected,
        );
        t.true(difference < 1e-5, `${slicing}, ${order}, ${flip}: ${difference}`);
      }
  }
  // A network that is not does not: the test can fail.
  const lying = await filled(stored(volume, [2, 1, 0], [false, false, false]), 'coronal', asCame);
  t.true(largestDifference(lying, await filled(volume, 'coronal', asCame)) > 1e-3);
});

test('seen upright, the mirror image from left to right has the mirror image as result, also of an odd number of columns', async (t) => {
  for (const shape of [
    [15, 16, 16],
    [16, 16, 19],
  ] as const)
    for (const slicing of ['coronal', 'axial'] as const) {
      const volume = blobs(shape, 5);
      const mirror = { grid: volume.grid, data: reversed(volume.data, shape, 0) };
      const there = await filled(volume, slicing, upright);
      const back = reversed(await filled(mirror, slicing, upright), shape, 0);
      t.true(largestDifference(there, back) < 1e-5);
    }
});

test('upright windows rise from inferior to superior, and run from left to right or from right to left', (t) => {
  // Along the slices the values are a square, which PCHIP misses by an amount that grows with row and column.
  const side = 24;
  const directions = axisDirections([0, 0, -1, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 0, 1]);
  t.deepEqual(
    directions.map(({ world, sign }) => [world, sign]),
    [
      [2, -1],
      [1, 1],
      [0, -1],
    ],
  );
  const data = Float32Array.from({ length: side ** 3 }, (_, i) => {
    const [x, y, z] = [i % side, Math.floor(i / side) % side, Math.floor(i / side ** 2)];
    const [superior, right] = [side - 1 - x, side - 1 - z];
    return (y / side) ** 2 * (1 + superior + right / 100);
  });
  const scene = {
    shape: [side, side, side] as const,
    voxels: [1, 1, 1] as const,
    directions,
    measured: data,
    clean: data,
  };
  const network = upright.experts[0].network;
  const window = 8;
  const size = {
    batch: 40,
    gaps: 1,
    window,
    wanted: 1,
    spacings: [2],
    thickShare: 0,
    axis: 'coronal',
  } as const;
  const grows = (options: typeof size & { readonly upright?: boolean }) => {
    const { target } = drawBatch([scene], stream(3, 'windows'), network, options);
    return Array.from({ length: size.batch }, (_, b) => {
      const values = target.subarray(b * window ** 2, (b + 1) * window ** 2);
      // Order of blocks of 2 x 2: the first pixel of the first block, of the next block below it and of that beside it.
      const [first, below, beside] = [0, window / 2, 1].map((n) => Math.abs(values[n]));
      return [below > first, beside > first];
    });
  };
  const seen = grows({ ...size, upright: true });
  t.true(seen.every(([down]) => down));
  t.is(new Set(seen.map(([, right]) => right)).size, 2);
  t.true(grows(size).some(([down]) => !down));
});

test('the file of an operator says which networks see slices upright', (t) => {
  const [first] = upright.experts;
  const bytes = encodePriorModel({ experts: [first, asCame.experts[0]], training: {} });
  t.deepEqual(
    decodePriorModel(bytes, 'test').experts.map((expert) => expert.upright),
    [true, undefined],
  );
});
