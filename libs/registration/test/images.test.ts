import { type Grid, type Volume, voxelCount } from '@oinr/volume';
import test from 'ava';
import fc from 'fast-check';
import { blockMean } from '../src/blockMean.ts';
import { brainInHead, foreground, isHead, mutualInformation } from '../src/index.ts';
import { dilateMask, erodeMask, largestComponent } from '../src/morphology.ts';

const uneven: Grid = { shape: [7, 6, 5], affine: [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 1] };
const sizes = [1, 2, 1.5];

function placeOf(index: number, [nx, ny]: readonly number[]): [number, number, number] {
  return [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
}

test('dilation and erosion measure in millimetres, from voxel centre to voxel centre', (t) => {
  const anyMask = fc.array(fc.boolean(), { minLength: 210, maxLength: 210 });
  fc.assert(
    fc.property(anyMask, fc.double({ min: 0.5, max: 4, noNaN: true }), (bits, radius) => {
      const mask = Uint8Array.from(bits, Number);
      const nearAny = (index: number, value: number): boolean =>
        mask.some((one, other) => {
          const [a, b] = [placeOf(index, uneven.shape), placeOf(other, uneven.shape)];
          const squared = a.reduce((sum, n, axis) => sum + (sizes[axis] * (n - b[axis])) ** 2, 0);
          return one === value && squared <= radius ** 2;
        });
      const dilated = dilateMask(mask, uneven, radius);
      const eroded = erodeMask(mask, uneven, radius);
      for (let index = 0; index < mask.length; index += 7) {
        t.is(dilated[index] === 1, nearAny(index, 1));
        t.is(eroded[index] === 1, !nearAny(index, 0));
      }
    }),
    { numRuns: 40, seed: 3 },
  );
});

test('the largest component hangs together by faces, not by corners', (t) => {
  const mask = new Uint8Array(voxelCount(uneven));
  const set = (x: number, y: number, z: number): number => x + 7 * (y + 6 * z);
  for (const index of [set(0, 0, 0), set(1, 0, 0), set(1, 1, 0), set(1, 1, 1), set(2, 2, 2), set(2, 3, 2)])
    mask[index] = 1;
  const kept = largestComponent(mask, uneven);
  t.is(
    kept.reduce((sum, one) => sum + one, 0),
    4,
  );
  t.is(kept[set(2, 2, 2)], 0);
  t.false(largestComponent(new Uint8Array(210), uneven).includes(1));
});

test('mutual information is highest for what tells everything, whatever its contrast, and near 0 for what tells nothing', (t) => {
  const count = 20_000;
  const first = Float32Array.from({ length: count }, (_, n) => ((n * 7919) % 1000) / 1000);
  const inverted = first.map((value) => 1 - value);
  const unrelated = Float32Array.from(
    { length: count },
    (_, n) => (Math.sin(n * 12.9898) * 43758.5453) % 1,
  ).map(Math.abs);
  const itself = mutualInformation(first, first, [1, 1]);
  t.true(Math.abs(itself - mutualInformation(first, inverted, [1, 1])) < 1e-6);
  t.true(itself > 2.5 && itself < Math.log(32));
  t.true(mutualInformation(first, unrelated, [1, 1]) < 0.05);
});

test('a block mean keeps places and mean values', (t) => {
  const grid: Grid = { shape: [12, 9, 8], affine: [0, 0, 2, 5, -1, 0, 0, 7, 0, 1.5, 0, -4, 0, 0, 0, 1] };
  const ramp = (x: number, y: number, z: number): number => 10 + x - 2 * y + 3 * z;
  const fill = (one: Grid): Float32Array =>
    Float32Array.from({ length: voxelCount(one) }, (_, index) => {
      const [i, j, k] = placeOf(index, one.shape);
      const at = (row: number): number =>
        one.affine[row] * i + one.affine[row + 1] * j + one.affine[row + 2] * k + one.affine[row + 3];
      return ramp(at(0), at(4), at(8));
    });
  const small = blockMean({ grid, data: fill(grid) }, 3);
  // 3 of 1 mm, 2 of 1.5 mm, 1 of 2 mm.
  t.deepEqual(small.grid.shape, [4, 4, 8]);
  fill(small.grid).forEach((value, index) => {
    t.true(Math.abs(value - small.data[index]) < 1e-4);
  });
});

/** A ball of brain in a shell of fluid and bone, in a shell of scalp that shines as white matter does. */
function madeUpHead(): { head: Volume; brain: Uint8Array } {
  const grid: Grid = {
    shape: [64, 64, 64],
    affine: [4, 0, 0, -126, 0, 4, 0, -126, 0, 0, 4, -126, 0, 0, 0, 1],
  };
  const data = new Float32Array(voxelCount(grid));
  const brain = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index += 1) {
    const [x, y, z] = placeOf(index, grid.shape).map((n) => 4 * n - 126);
    const radius = Math.hypot(x, y, z);
    if (radius < 70) brain[index] = 1;
    data[index] = radius < 55 ? 100 : radius < 70 ? 75 : radius < 84 ? 15 : radius < 96 ? 110 : 0;
    // A bridge such as a nerve, 4 mm across.
    if (y === 2 && z === 2 && x > 0 && radius < 96) data[index] = 90;
  }
  return { head: { grid, data }, brain };
}

test('a brain in a head is found apart from the scalp that shines as it does', (t) => {
  const { head, brain } = madeUpHead();
  t.true(isHead(foreground(head)));
  t.false(isHead(foreground({ grid: head.grid, data: head.data.map((value, n) => value * brain[n]) })));
  // The expected place is 8 mm off: the estimate follows the image, not the expectation.
  const shifted = brain.map((_, index) => brain[index + 2] ?? 0);
  const found = brainInHead(head, shifted);
  let both = 0;
  found.forEach((value, index) => {
    both += value & brain[index];
  });
  const sum = (mask: Uint8Array): number => mask.reduce((total, one) => total + one, 0);
  t.true((2 * both) / (sum(found) + sum(brain)) > 0.97);
});

test('an image of nothing is refused with a sentence', (t) => {
  const grid: Grid = { shape: [2, 2, 2], affine: uneven.affine };
  t.throws(() => foreground({ grid, data: new Float32Array(8) }), { message: /no voxel above 0/ });
});
