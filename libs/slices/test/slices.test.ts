import { type ArrayAxis, applyAffine, type Volume } from '@oinr/volume';
import test from 'ava';
import fc from 'fast-check';
import {
  acquireSlices,
  axisLayout,
  dropSlices,
  everyFromDistance,
  everyFromMissingPercent,
  isThick,
  keepEvery,
  keptShape,
  keptVolume,
  missingPercent,
  profileWeights,
} from '../src/index.ts';

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Each voxel holds 100 i + 10 j + k, so a wrong place shows. */
function numbered(shape: [number, number, number]): Volume {
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  let n = 0;
  for (let k = 0; k < shape[2]; k++)
    for (let j = 0; j < shape[1]; j++) for (let i = 0; i < shape[0]; i++) data[n++] = 100 * i + 10 * j + k;
  return { grid: { shape, affine }, data };
}

test('a slice distance in mm becomes the nearest k, and whether that is exact', (t) => {
  t.deepEqual(everyFromDistance(5, 1), { every: 5, distance: 5, isExact: true });
  t.deepEqual(everyFromDistance(6, 1.5), { every: 4, distance: 6, isExact: true });
  const { every, distance, isExact } = everyFromDistance(5, 0.87);
  t.deepEqual([every, Number(distance.toFixed(2)), isExact], [6, 5.22, false]);
  // 4.97 mm by headers that round is 5 mm.
  t.true(everyFromDistance(5, 0.994).isExact);
  t.throws(() => everyFromDistance(1.4, 1), { message: /1\.4 mm apart cannot .* 1 mm apart.*which is 2 mm/ });
  t.throws(() => everyFromDistance(300, 1), { message: /every 300th.*every 100th/ });
});

test('kept slices are a volume of their own whose voxels lie where they were kept', (t) => {
  const oblique = [0, -2, 0, 7, 0.6, 0, 2.4, -5, 0.8, 0, -1.8, 3, 0, 0, 0, 1];
  const whole = { ...numbered([4, 5, 11]), grid: { shape: [4, 5, 11] as const, affine: oblique } };
  for (const axis of [0, 1, 2] as const) {
    const kept = keepEvery({ length: whole.grid.shape[axis], every: 2, offset: 1 });
    const { grid, data } = keptVolume(dropSlices(whole, axis, kept));
    grid.shape.forEach((size, n) => {
      t.is(size, n === axis ? kept.length : whole.grid.shape[n]);
    });
    const voxel = [1, 1, 1] as [number, number, number];
    const before = [1, 1, 1] as [number, number, number];
    before[axis] = kept[1];
    applyAffine(grid.affine, voxel).forEach((value, n) => {
      t.true(Math.abs(value - applyAffine(oblique, before)[n]) < 1e-12);
    });
    t.is(data[1 + grid.shape[0] * (1 + grid.shape[1])], 100 * before[0] + 10 * before[1] + before[2]);
  }
  t.throws(() => keptVolume(dropSlices(whole, 2, [0, 2, 5])), { message: /not equally far apart/ });
});

test('every k-th slice from an offset is kept, and the percentages are the paper names', (t) => {
  t.deepEqual(keepEvery({ length: 10, every: 3 }), [0, 3, 6, 9]);
  t.deepEqual(keepEvery({ length: 10, every: 4, offset: 1 }), [1, 5, 9]);
  t.deepEqual([2, 3, 4, 5, 6].map(missingPercent), [50, 66, 75, 80, 82]);
  for (let k = 2; k <= 10; k++) t.is(everyFromMissingPercent(missingPercent(k)), k, `k = ${k}`);
  t.is(everyFromMissingPercent(67), 3);
  t.is(everyFromMissingPercent(83), 6);
  t.throws(() => everyFromMissingPercent(60), { message: /No pattern.*60 % missing/ });
});

test('a pattern with fewer than two kept slices is refused with a sentence', (t) => {
  t.throws(() => keepEvery({ length: 5, every: 6 }), {
    message: /At least two slices must be kept.*only one/,
  });
  t.throws(() => keepEvery({ length: 0, every: 2 }), { message: /none would be kept/ });
  t.throws(() => keepEvery({ length: 9, every: 2, offset: 2 }), { message: /offset is 2/ });
  t.throws(() => keepEvery({ length: 9, every: 0 }), { message: /positive integer/ });
  const volume = numbered([2, 3, 4]);
  t.throws(() => dropSlices(volume, 2, [1]), { message: /only one/ });
  t.throws(() => dropSlices(volume, 2, [0, 4]), { message: /index 4; expected an integer in 0 .. 3/ });
  t.throws(() => dropSlices(volume, 2, [2, 1]), { message: /increasing order/ });
});

test('kept slices are those of the volume, on every axis', (t) => {
  const volume = numbered([3, 4, 5]);
  for (const axis of [0, 1, 2] as ArrayAxis[]) {
    const known = dropSlices(volume, axis, [0, 2]);
    t.deepEqual(keptShape(known)[axis], 2);
    const [nx, ny, nz] = keptShape(known);
    for (let k = 0; k < nz; k++)
      for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++) {
          const from = [i, j, k].map((index, a) => (a === axis ? 2 * index : index)) as [
            number,
            number,
            number,
          ];
          t.is(known.data[i + nx * (j + ny * k)], 100 * from[0] + 10 * from[1] + from[2]);
        }
  }
});

test('a volume is the union of its kept slices over all offsets (property)', (t) => {
  const size = fc.integer({ min: 4, max: 7 });
  fc.assert(
    fc.property(fc.tuple(size, size, size), fc.constantFrom(0, 1, 2), (shape, axis) => {
      const volume = numbered(shape);
      const { inner, length, outer } = axisLayout(shape, axis as ArrayAxis);
      const again = new Float32Array(volume.data.length).fill(Number.NaN);
      for (const offset of [0, 1]) {
        const kept = keepEvery({ length, every: 2, offset });
        const { data } = dropSlices(volume, axis as ArrayAxis, kept);
        for (let o = 0; o < outer; o++)
          for (const [n, p] of kept.entries())
            for (let i = 0; i < inner; i++)
              again[i + inner * (p + length * o)] = data[i + inner * (n + kept.length * o)] ?? Number.NaN;
      }
      t.deepEqual(again, volume.data);
    }),
    { numRuns: 30 },
  );
});

test('thick slices average over their thickness', (t) => {
  t.deepEqual([...profileWeights({ kind: 'box', thickness: 3 }).weights], [1 / 3, 1 / 3, 1 / 3]);
  t.deepEqual([...profileWeights({ kind: 'box', thickness: 2 }).weights], [0.25, 0.5, 0.25]);
  t.deepEqual([...profileWeights({ kind: 'box', thickness: 0.5 }).weights], [1]);
  const gauss = profileWeights({ kind: 'gauss', thickness: 4 });
  const at = (offset: number): number => gauss.weights[gauss.reach + offset] ?? Number.NaN;
  t.true(Math.abs(at(2) / at(0) - 0.5) < 1e-12, 'half maximum at half the width');
  t.true(Math.abs(gauss.weights.reduce((a, b) => a + b, 0) - 1) < 1e-12);
  t.throws(() => profileWeights({ kind: 'box', thickness: 0 }), { message: /positive thickness/ });

  const volume = numbered([2, 3, 9]);
  const thick = acquireSlices(volume, 2, [0, 4, 8], { kind: 'box', thickness: 3 });
  // Along z values rise by 1 a slice: inside the volume the mean is the centre, at the ends it is half a slice off.
  t.deepEqual([thick.data[0], thick.data[6], thick.data[12]], [0.5, 4, 7.5]);
  const thin = acquireSlices(volume, 2, [0, 4, 8], { kind: 'thin' });
  t.deepEqual(thin.data, dropSlices(volume, 2, [0, 4, 8]).data);
});

test('acquired slices say what they measured; a box or a Gaussian within one slice is a sample', (t) => {
  const volume = numbered([3, 9, 3]);
  t.deepEqual(acquireSlices(volume, 1, [0, 4, 8], { kind: 'box', thickness: 4 }).profile, {
    kind: 'box',
    thickness: 4,
  });
  t.is(acquireSlices(volume, 1, [0, 4, 8], { kind: 'thin' }).profile, undefined);
  t.true(isThick({ kind: 'box', thickness: 1.2 }));
  t.false(isThick({ kind: 'box', thickness: 1 }));
  t.true(isThick({ kind: 'gauss', thickness: 1 }));
  t.false(isThick({ kind: 'gauss', thickness: 0.1 }));
  t.false(isThick({ kind: 'thin' }));
  t.false(isThick(undefined));
});
