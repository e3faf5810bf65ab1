import { InputError } from '@oinr/errors';
import test from 'ava';
import fc from 'fast-check';
import { applyAffine, boundingBox, crop, type Volume } from '../src/index.ts';
import { anyGrid, countingVolume, millimetre } from './helpers.ts';

const zeros = (volume: Volume): Volume => ({ ...volume, data: new Float32Array(volume.data.length) });

test('the bounding box holds the outermost voxels, and the margin stops at the border', (t) => {
  const volume = zeros(countingVolume({ shape: [6, 7, 8], affine: millimetre }));
  const at = (i: number, j: number, k: number) => i + 6 * (j + 7 * k);
  volume.data[at(1, 2, 3)] = 0.4;
  volume.data[at(4, 2, 5)] = -1;
  volume.data[at(0, 6, 7)] = NaN;
  t.deepEqual(boundingBox(volume), { start: [1, 2, 3], shape: [4, 1, 3] });
  t.deepEqual(boundingBox(volume, 2), { start: [0, 0, 1], shape: [6, 5, 7] });
  t.deepEqual(boundingBox(volume, 0, 0.3), { start: [1, 2, 3], shape: [1, 1, 1] });
  t.is(boundingBox(volume, 0, 0.5), undefined);
});

test('a crop holds the voxels of its box, each at its place in the world', (t) => {
  const boxes = anyGrid.chain((grid) =>
    fc.tuple(...grid.shape.map((size) => fc.tuple(fc.nat(size - 1), fc.nat(size - 1)))).map((pairs) => {
      const start = pairs.map((pair) => Math.min(...pair));
      const shape = pairs.map((pair) => Math.abs(pair[0] - pair[1]) + 1);
      return {
        grid,
        box: { start: [start[0], start[1], start[2]], shape: [shape[0], shape[1], shape[2]] } as const,
      };
    }),
  );
  fc.assert(
    fc.property(boxes, ({ grid, box }) => {
      const whole = countingVolume(grid);
      const part = crop(whole, box);
      const [nx, ny] = grid.shape;
      const [bx, by] = box.shape;
      const { start } = box;
      const expected = part.data.map((_, n) => {
        const [i, j, k] = [n % bx, Math.floor(n / bx) % by, Math.floor(n / (bx * by))];
        return whole.data[start[0] + i + nx * (start[1] + j + ny * (start[2] + k))];
      });
      t.deepEqual(part.data, expected);
      t.is(part.data.length, bx * by * box.shape[2]);
      const last = box.shape.map((size) => size - 1);
      const inPart = applyAffine(part.grid.affine, [last[0], last[1], last[2]]);
      const inWhole = applyAffine(grid.affine, [
        box.start[0] + last[0],
        box.start[1] + last[1],
        box.start[2] + last[2],
      ]);
      t.true(inPart.every((value, axis) => Math.abs(value - inWhole[axis]) < 1e-9));
    }),
    { numRuns: 60 },
  );
});

test('a box outside the grid is refused', (t) => {
  const volume = countingVolume({ shape: [3, 3, 3], affine: millimetre });
  for (const box of [
    { start: [0, 0, 1], shape: [3, 3, 3] },
    { start: [-1, 0, 0], shape: [2, 2, 2] },
    { start: [0, 0, 0], shape: [0, 1, 1] },
  ] as const) {
    t.throws(() => crop(volume, box), { instanceOf: InputError, message: /does not fit/ });
  }
});
