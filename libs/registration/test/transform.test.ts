import { type Affine, applyAffine, type Grid, type Vector3, type Volume, voxelCount } from '@oinr/volume';
import test from 'ava';
import { affineOf, warpOf } from '../src/elastixTransform.ts';
import { itkAffineText, mapBack, resampleThrough } from '../src/index.ts';
import type { SplineWarp } from '../src/splineWarp.ts';
import { displacementAt } from '../src/splineWarp.ts';
import { mapPoint } from '../src/transform.ts';

/** Oblique, mirrored, unequal voxels: what a scanner may write. */
const scanGrid: Grid = {
  shape: [40, 44, 36],
  affine: [-1.2, 0.2, 0.1, 22, 0.15, 1.4, -0.3, -30, 0.05, 0.25, 1.5, -25, 0, 0, 0, 1],
};
/** A turn, a stretch and a shift. */
const affine: Affine = [0.95, -0.2, 0.05, 1.5, 0.18, 0.9, -0.1, -2, 0.02, 0.12, 1.05, 3, 0, 0, 0, 1];

function filled(grid: Grid, value: (point: Vector3) => number): Volume {
  const data = new Float32Array(voxelCount(grid));
  const [nx, ny] = grid.shape;
  for (let index = 0; index < data.length; index += 1) {
    const voxel: Vector3 = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    data[index] = value(applyAffine(grid.affine, voxel));
  }
  return { grid, data };
}

const ramp = ([x, y, z]: Vector3): number => 500 + 3 * x - 2 * y + 5 * z;
const ball: Grid = { shape: [9, 9, 9], affine: [2, 0, 0, -8, 0, 2, 0, -8, 0, 0, 2, -8, 0, 0, 0, 1] };

test('a volume whose values are known everywhere is found through an affine as the affine says', (t) => {
  const scan = filled(scanGrid, ramp);
  for (const interpolation of ['linear', 'cubic'] as const) {
    const seen = resampleThrough(scan, { affine }, ball, interpolation);
    const expected = filled(ball, (point) => ramp(applyAffine(affine, point)));
    seen.data.forEach((value, index) => {
      t.true(
        Math.abs(value - expected.data[index]) < 0.02,
        `${interpolation} ${value} ${expected.data[index]}`,
      );
    });
  }
});

test('resampling on a coarser grid smooths the scan first, to the width of the new voxels', (t) => {
  const fine: Grid = { shape: [61, 61, 61], affine: [1, 0, 0, -30, 0, 1, 0, -30, 0, 0, 1, -30, 0, 0, 0, 1] };
  const deviation = 2.5;
  const blob = (sigma: number) => (point: Vector3) =>
    1000 * (deviation / sigma) ** 3 * Math.exp(-(Math.hypot(...point) ** 2) / (2 * sigma ** 2));
  const coarse: Grid = { shape: [7, 7, 7], affine: [4, 0, 0, -12, 0, 4, 0, -12, 0, 0, 4, -12, 0, 0, 0, 1] };
  // A Gaussian smoothed by a Gaussian is a Gaussian whose variances add up; 2.3548 widths at half height per deviation.
  const smoothed = Math.hypot(deviation, Math.sqrt(4 ** 2 - 1 ** 2) / 2.3548);
  const seen = resampleThrough(filled(fine, blob(deviation)), { affine: identity }, coarse, 'cubic');
  const expected = filled(coarse, blob(smoothed));
  seen.data.forEach((value, index) => {
    t.true(Math.abs(value - expected.data[index]) < 4, `${value} ${expected.data[index]}`);
  });
});

const identity: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

test('on the same grid nothing is changed, and cubic interpolation never leaves the range of the scan', (t) => {
  const step = filled(ball, ([x]) => (x > 0 ? 100 : 0));
  const same = resampleThrough(step, { affine: identity }, ball, 'cubic').data;
  t.true(same.every((value, index) => Math.abs(value - step.data[index]) < 1e-4));
  const shifted: Grid = {
    ...ball,
    affine: ball.affine.map((value, index) => (index === 3 ? value + 0.7 : value)),
  };
  const seen = resampleThrough(step, { affine: identity }, shifted, 'cubic').data;
  t.true(Math.max(...seen) <= 100 && Math.min(...seen) >= 0);
});

test('a grid beside the scan is background', (t) => {
  const far: Affine = identity.map((value, index) => (index === 3 ? 4000 : value));
  const seen = resampleThrough(filled(ball, ramp), { affine: far }, ball, 'cubic', -1);
  t.true(seen.data.every((value) => value === -1));
});

/** Coefficients of a cubic B-spline that are linear in place give that linear function. */
const linearWarp: SplineWarp = {
  shape: [12, 12, 12],
  origin: [-60, -60, -60],
  spacing: [10, 10, 10],
  coefficients: Float64Array.from({ length: 3 * 12 ** 3 }, (_, index) => {
    const component = Math.floor(index / 12 ** 3);
    const point = index % 12 ** 3;
    const place = [point % 12, Math.floor(point / 12) % 12, Math.floor(point / 144)].map((n) => -60 + 10 * n);
    return [0.05 * place[1], 2, -0.1 * place[0]][component];
  }),
};

test('a B-spline moves points by the spline of its coefficients, and not at all beyond its control points', (t) => {
  const [dx, dy, dz] = displacementAt(linearWarp, [3, 17, -22]);
  t.true(Math.abs(dx - 0.85) < 1e-9 && Math.abs(dy - 2) < 1e-9 && Math.abs(dz + 0.3) < 1e-9);
  t.deepEqual(displacementAt(linearWarp, [-59, 0, 0]), [0, 0, 0]);
});

test('a warp comes before the affine, for points and for volumes', (t) => {
  const transform = { affine, warp: linearWarp };
  const point: Vector3 = [3, 17, -22];
  const [dx, dy, dz] = displacementAt(linearWarp, point);
  t.deepEqual(mapPoint(transform, point), applyAffine(affine, [3 + dx, 17 + dy, -22 + dz]));
  const back = mapBack(transform, mapPoint(transform, point));
  t.true(back.every((value, axis) => Math.abs(value - point[axis]) < 1e-3));
  const seen = resampleThrough(filled(scanGrid, ramp), transform, ball, 'cubic');
  const expected = filled(ball, (one) => ramp(mapPoint(transform, one)));
  seen.data.forEach((value, index) => {
    t.true(Math.abs(value - expected.data[index]) < 0.02);
  });
});

test('the affine of elastix turns about its centre', (t) => {
  const map = {
    TransformParameters: ['0', '-1', '0', '1', '0', '0', '0', '0', '1', '5', '6', '7'],
    CenterOfRotationPoint: ['10', '20', '30'],
  };
  // A quarter turn about z through the centre, then the shift: the centre itself is only shifted.
  t.deepEqual(applyAffine(affineOf(map), [10, 20, 30]), [15, 26, 37]);
  t.deepEqual(applyAffine(affineOf(map), [11, 20, 30]), [15, 27, 37]);
  t.throws(() => affineOf({ ...map, TransformParameters: ['1', '2'] }), { name: 'RegistrationError' });
  t.throws(() => affineOf({ ...map, TransformParameters: Array(12).fill('0') }), {
    name: 'RegistrationError',
  });
});

test('the B-spline of elastix begins at its GridIndex', (t) => {
  const warp = warpOf({
    GridSize: ['2', '1', '1'],
    GridIndex: ['1', '0', '0'],
    GridSpacing: ['10', '20', '30'],
    GridOrigin: ['-5', '1', '2'],
    TransformParameters: ['1', '2', '3', '4', '5', '6'],
  });
  t.deepEqual(warp.origin, [5, 1, 2]);
  t.deepEqual([...warp.coefficients], [1, 2, 3, 4, 5, 6]);
});

test('the file for ITK says the same transform in LPS+', (t) => {
  const words = /Parameters: (.*)\nFixedParameters: 0 0 0/.exec(itkAffineText(affine))?.[1].split(' ') ?? [];
  const p = words.map(Number);
  const point: Vector3 = [12, -7, 31];
  const lps: Vector3 = [-point[0], -point[1], point[2]];
  const row = (n: number): number =>
    p[3 * n] * lps[0] + p[3 * n + 1] * lps[1] + p[3 * n + 2] * lps[2] + p[9 + n];
  const [x, y, z] = applyAffine(affine, point);
  [-x, -y, z].forEach((value, axis) => {
    t.true(Math.abs(row(axis) - value) < 1e-9);
  });
});
