import { InputError } from '@oinr/errors';
import test from 'ava';
import fc from 'fast-check';
import {
  affineFromQuaternion,
  applyAffine,
  invertAffine,
  isUsableAffine,
  multiplyAffines,
  quaternionFromAffine,
  sameGrid,
  voxelSizes,
} from '../src/index.ts';
import { anyGrid, millimetre, sheared } from './helpers.ts';

const close = (a: readonly number[], b: readonly number[], tolerance = 1e-9) =>
  a.every((value, index) => Math.abs(value - b[index]) <= tolerance);

test('an affine times its inverse is the identity', (t) => {
  fc.assert(
    fc.property(anyGrid, fc.double({ min: -2, max: 2, noNaN: true }), (grid, shear) => {
      const affine = sheared(grid.affine, shear);
      return close(multiplyAffines(affine, invertAffine(affine)), millimetre, 1e-9);
    }),
  );
  t.pass();
});

test('the product of affines acts as right first, then left', (t) => {
  const turn = [0, -1, 0, 10, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const scale = [2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1];
  t.deepEqual(applyAffine(multiplyAffines(turn, scale), [1, 1, 1]), [7, 2, 4]);
  t.deepEqual(applyAffine(multiplyAffines(scale, turn), [1, 1, 1]), [18, 3, 4]);
});

test('voxel sizes are lengths of columns, not of rows', (t) => {
  t.deepEqual(voxelSizes([0, 3, 0, 0, 4, 0, 0, 0, 0, 0, -5, 0, 0, 0, 0, 1]), [4, 3, 5]);
});

test('a quaternion form survives the way through an affine', (t) => {
  fc.assert(
    fc.property(anyGrid, (grid) => {
      const form = quaternionFromAffine(grid.affine);
      t.true(form.b ** 2 + form.c ** 2 + form.d ** 2 <= 1 + 1e-12);
      return close(affineFromQuaternion(form), grid.affine, 1e-6);
    }),
  );
});

test('a half turn about x with qfac -1 mirrors the third axis back', (t) => {
  // The example in nifti1.h: left-to-right, anterior-to-posterior, inferior-to-superior.
  const affine = affineFromQuaternion({ b: 1, c: 0, d: 0, qfac: -1, sizes: [1, 2, 3], offset: [5, 6, 7] });
  t.true(close(affine, [1, 0, 0, 5, 0, -2, 0, 6, 0, 0, 3, 7, 0, 0, 0, 1], 1e-12));
});

test('a quaternion that rounding made too long is scaled, a damaged one refused', (t) => {
  const slightly = Math.sqrt(0.5) * (1 + 1e-5);
  const affine = affineFromQuaternion({
    b: slightly,
    c: slightly,
    d: 0,
    qfac: 1,
    sizes: [1, 1, 1],
    offset: [0, 0, 0],
  });
  t.true(close(voxelSizes(affine), [1, 1, 1], 1e-12));
  t.true(close(affine, [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1], 1e-12));
  t.throws(() => affineFromQuaternion({ b: 1, c: 1, d: 0, qfac: 1, sizes: [1, 1, 1], offset: [0, 0, 0] }), {
    instanceOf: InputError,
  });
  t.throws(() => affineFromQuaternion({ b: NaN, c: 0, d: 0, qfac: 1, sizes: [1, 1, 1], offset: [0, 0, 0] }), {
    instanceOf: InputError,
  });
});

test('singular and non-finite affines are refused, tiny voxels are not', (t) => {
  const micro = millimetre.map((value, index) => (index < 12 ? value * 1e-5 : value));
  t.true(isUsableAffine(micro));
  t.true(close(multiplyAffines(micro, invertAffine(micro)), millimetre, 1e-12));
  const flat = [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  t.false(isUsableAffine(flat));
  t.throws(() => invertAffine(flat), { instanceOf: InputError, message: /span a volume/ });
  t.false(isUsableAffine(millimetre.with(3, NaN)));
});

test('the same grid agrees in shape and within a thousandth', (t) => {
  const grid = { shape: [2, 3, 4], affine: millimetre } as const;
  t.true(sameGrid(grid, { ...grid, affine: millimetre.with(3, 0.0009) }));
  t.false(sameGrid(grid, { ...grid, affine: millimetre.with(3, 0.0011) }));
  t.false(sameGrid(grid, { ...grid, shape: [2, 4, 3] }));
  t.false(sameGrid(grid, { ...grid, affine: millimetre.with(3, NaN) }));
});
