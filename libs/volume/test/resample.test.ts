import { InputError } from '@oinr/errors';
import test from 'ava';
import fc from 'fast-check';
import {
  applyAffine,
  type Grid,
  gaussianSmooth,
  intensityProblem,
  multiplyAffines,
  reorientToRas,
  resample,
  shiftOrigin,
  type Volume,
  voxelCount,
} from '../src/index.ts';
import { anyGrid, countingVolume, millimetre } from './helpers.ts';

/** A 5 x 4 x 3 volume without symmetry; the goldens below were made from the same formula with SciPy. */
const source: Volume = {
  grid: { shape: [5, 4, 3], affine: millimetre },
  data: Float32Array.from({ length: 60 }, (_, index) => {
    const i = index % 5;
    const j = Math.floor(index / 5) % 4;
    const k = Math.floor(index / 20);
    return (i * 7 + j * 13 + k * 29 + i * j * 5 + j * k * 3) % 17;
  }),
};
const points = [
  [0.3, 1.7, 0.4],
  [2.5, 0.1, 1.9],
  [3.99, 2.5, 1.0],
  [0, 0, 0.5],
  [4, 3, 2],
  [1.25, 2.75, 1.5],
] as const;
const valueAt = (point: (typeof points)[number], how: 'linear' | 'cubic') =>
  resample(source, { shape: [1, 1, 1], affine: shiftOrigin(millimetre, point) }, how).data[0];

test('cubic agrees with scipy.ndimage.map_coordinates, order 3, mode mirror', (t) => {
  const scipy = [10.98895984, 7.95307496, 11.29952632, 5.34375, 16, 5.89362888];
  points.forEach((point, index) => {
    t.true(Math.abs(valueAt(point, 'cubic') - scipy[index]) < 2e-6, `point ${index}`);
  });
});

test('linear agrees with scipy.ndimage.map_coordinates, order 1', (t) => {
  const scipy = [9.79, 8.485, 10.975, 6, 16, 7.59375];
  points.forEach((point, index) => {
    t.true(Math.abs(valueAt(point, 'linear') - scipy[index]) < 2e-6, `point ${index}`);
  });
});

test('on its own grid, in any orientation, a volume is unchanged by every interpolation', (t) => {
  fc.assert(
    fc.property(
      anyGrid,
      fc.constantFrom('nearest' as const, 'linear' as const, 'cubic' as const),
      (grid, how) => {
        const volume = countingVolume(grid);
        const turned = reorientToRas(volume);
        const same = resample(volume, grid, how).data;
        const asTurned = resample(volume, turned.grid, how).data;
        return (
          same.every((value, index) => Math.abs(value - volume.data[index]) < 1e-3) &&
          asTurned.every((value, index) => Math.abs(value - turned.data[index]) < 1e-3)
        );
      },
    ),
  );
  t.pass();
});

/** A function of world position, sampled on a grid. */
function sampled(grid: Grid, f: (x: number, y: number, z: number) => number): Volume {
  const [nx, ny, nz] = grid.shape;
  const data = new Float32Array(voxelCount(grid));
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) data[i + nx * (j + ny * k)] = f(...applyAffine(grid.affine, [i, j, k]));
  return { grid, data };
}

test('linear interpolation between oblique grids reproduces a linear function of position', (t) => {
  fc.assert(
    fc.property(anyGrid, (grid) => {
      const f = (x: number, y: number, z: number) => 2 * x - 3 * y + 0.5 * z + 10;
      const wide = { ...grid, shape: [8, 8, 8] } as const;
      // A turned, finer grid whose voxels all lie inside the wide one.
      const inner = {
        shape: [4, 4, 4],
        affine: multiplyAffines(
          shiftOrigin(grid.affine, [2.5, 2.5, 2.5]),
          [0.5, 0.3, 0, 0, -0.3, 0.5, 0, 1, 0, 0, 0.6, 0, 0, 0, 0, 1],
        ),
      } as const;
      const resampled = resample(sampled(wide, f), inner, 'linear').data;
      const truth = sampled(inner, f).data;
      return resampled.every((value, index) => Math.abs(value - truth[index]) < 2e-3);
    }),
  );
  t.pass();
});

test('a point half a voxel outside takes the border value, farther out the background', (t) => {
  const row = { grid: { shape: [3, 1, 1], affine: millimetre } as const, data: Float32Array.of(5, 6, 7) };
  for (const how of ['nearest', 'linear', 'cubic'] as const) {
    const at = (x: number, background?: number) =>
      resample(row, { shape: [1, 1, 1], affine: shiftOrigin(millimetre, [x, 0, 0]) }, how, background)
        .data[0];
    t.is(Math.round(at(-0.49) * 1e5) / 1e5, 5);
    t.is(Math.round(at(2.49) * 1e5) / 1e5, 7);
    t.is(at(-0.51), 0);
    t.is(at(2.51, -1), -1);
  }
});

test('values that are not finite are refused where they would spread', (t) => {
  const volume = { ...source, data: source.data.with(7, NaN) };
  t.throws(() => resample(volume, source.grid, 'linear'), { instanceOf: InputError, message: /1 values/ });
  t.throws(() => gaussianSmooth(volume, 2), { instanceOf: InputError });
  t.deepEqual(resample(volume, source.grid, 'nearest').data, volume.data);
});

test('smoothing agrees with scipy.ndimage.gaussian_filter1d in the interior and at a weighted border', (t) => {
  const spike = { shape: [21, 1, 1], affine: millimetre } as const;
  const fwhm = 1.5 * 2 * Math.sqrt(2 * Math.log(2));
  const smoothed = gaussianSmooth({ grid: spike, data: new Float32Array(21).with(10, 1) }, fwhm).data;
  [0.26596426, 0.21296753, 0.10934117, 0.03599435, 0.0075974, 0.0010282].forEach((value, distance) => {
    t.true(Math.abs(smoothed[10 + distance] - value) < 1e-7);
    t.is(smoothed[10 - distance], smoothed[10 + distance]);
  });
  // gaussian_filter1d(values, 1, mode='constant') / gaussian_filter1d(ones, 1, mode='constant')
  const squares = {
    grid: { shape: [1, 7, 1], affine: millimetre } as const,
    data: Float32Array.of(0, 1, 4, 9, 16, 25, 36),
  };
  const scipy = [0.7147737, 2.04686272, 5.01787087, 9.99591199, 16.85113873, 24.4941849, 30.47375626];
  gaussianSmooth(squares, 2 * Math.sqrt(2 * Math.log(2))).data.forEach((value, index) => {
    t.true(Math.abs(value - scipy[index]) < 1e-5);
  });
});

test('the width of smoothing is in millimetres, for each stored axis', (t) => {
  const grid = { shape: [25, 15, 41], affine: [0, 4, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } as const;
  const middle = 12 + 25 * (7 + 15 * 20);
  const data = gaussianSmooth({ grid, data: new Float32Array(25 * 15 * 41).with(middle, 1) }, 8).data;
  // Half the maximum is reached 4 mm away: two voxels of 2 mm, one of 4 mm, four of 1 mm.
  for (const step of [2, 25, 4 * 375]) t.true(Math.abs(data[middle + step] / data[middle] - 0.5) < 1e-6);
  t.deepEqual(gaussianSmooth(source, 0).data, source.data);
  t.throws(() => gaussianSmooth(source, -1), { instanceOf: InputError });
});

test('a constant volume stays constant under smoothing and resampling', (t) => {
  const volume = { ...source, data: new Float32Array(60).fill(3) };
  t.true(gaussianSmooth(volume, 3).data.every((value) => Math.abs(value - 3) < 1e-6));
  t.true(resample(volume, source.grid, 'cubic').data.every((value) => Math.abs(value - 3) < 1e-6));
});

test('a scan of NaN, or of one value, is described', (t) => {
  t.is(intensityProblem(source), undefined);
  t.regex(
    intensityProblem({ ...source, data: source.data.with(3, Infinity) }) ?? '',
    /holds 1 voxels .* of 60/,
  );
  t.regex(intensityProblem({ ...source, data: new Float32Array(60).fill(2) }) ?? '', /same value \(2\)/);
});
