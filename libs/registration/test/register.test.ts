import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Affine, applyAffine, type Grid, invertAffine, type Vector3, type Volume } from '@oinr/volume';
import test from 'ava';
import { blockMean } from '../src/blockMean.ts';
import { register, resampleThrough } from '../src/index.ts';
import { mapPoint } from '../src/transform.ts';

const shape = [146, 181, 153] as const;

/** The Colin27 brain of the repository: uint8 after a header of 352 bytes. */
function colin27(): Volume {
  const file = fileURLToPath(
    new URL('../../../cohorts/phantom-base/colin27_brain_1mm.nii.gz', import.meta.url),
  );
  const bytes = gunzipSync(readFileSync(file));
  const origin = [280, 296, 312].map((row) => bytes.readFloatLE(row + 12));
  const affine = [1, 0, 0, origin[0], 0, 1, 0, origin[1], 0, 0, 1, origin[2], 0, 0, 0, 1];
  return { grid: { shape, affine }, data: Float32Array.from(bytes.subarray(352)) };
}

test('a brain that was turned, stretched and moved by a known affine is found within half a voxel', async (t) => {
  const template = blockMean(colin27(), 4);
  const mask = Uint8Array.from(template.data, (value) => (value > 20 ? 1 : 0));
  const [sin, cos] = [Math.sin(0.3), Math.cos(0.3)];
  // 17 degrees of nodding, 6 % of stretch along y, and off by centimetres.
  const truth: Affine = [
    1.02,
    0.05,
    0,
    14,
    -0.04,
    1.06 * cos,
    -sin,
    33,
    0.01,
    1.06 * sin,
    cos,
    -25,
    0,
    0,
    0,
    1,
  ];
  // Stored as left, posterior, superior, as many scanners do, with another contrast.
  const grid: Grid = {
    shape: [52, 64, 56],
    affine: [-4, 0, 0, 116, 0, -4, 0, 150, 0, 0, 4, -120, 0, 0, 0, 1],
  };
  const moved = resampleThrough(template, { affine: invertAffine(truth) }, grid, 'cubic');
  const scan = { grid, data: moved.data.map((value) => 900 * (value / 120) ** 0.7) };

  const { transform, shows } = await register({ target: { template, mask }, scan });
  t.is(shows, 'brain');
  const errors: number[] = [];
  const [nx, ny] = template.grid.shape;
  mask.forEach((inside, index) => {
    if (inside === 0 || index % 5 !== 0) return;
    const voxel: Vector3 = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    const point = applyAffine(template.grid.affine, voxel);
    const [a, b] = [mapPoint(transform, point), applyAffine(truth, point)];
    errors.push(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
  });
  const mean = errors.reduce((sum, one) => sum + one, 0) / errors.length;
  t.log(`mean ${mean.toFixed(2)} mm, largest ${Math.max(...errors).toFixed(2)} mm`);
  t.true(Math.max(...errors) < 2, `off by up to ${Math.max(...errors)} mm, half a voxel is 2 mm`);
});
