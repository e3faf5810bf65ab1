import test from 'ava';
import fc from 'fast-check';
import { applyAffine, boundingBox, crop, paste, type Volume } from '../src/index.ts';
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

test('pasting a crop back gives the whole, and a crop keeps world positions', (t) => {
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
      t.deepEqual(paste(part, box, whole), whole);
      const [nx, ny] = grid.shape;
      t.is(part.data[0], whole.data[box.start[0] + nx * (box.start[1] + ny * box.start[2])]);
      const last = box.shape.map((size) => size - 1);
      const inPart = applyAffine(part.grid.affine, [last[0], last[1], last[2]]);
      const inWhole = applyAffine(grid.affine, [
        box.start[0] + last[0],
        box.start[1] + last[1],
        box.start[2] + last[2],
      ]);
      t.true(inPart.every((value, axis) => Math.abs(value - inWhole[axis]) < 1e-9));
      const onZeros = paste(part, box, zeros(whole));
      t.is(onZeros.data.filter((value) => value !== 0).length, part.data.length);
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
    t.throws(() => crop(volume, box), { instanceOf: RangeError, message: /does not fit/ });
  }
});
