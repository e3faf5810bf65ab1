import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import { type Affine, applyAffine, type Grid, invertAffine, multiplyAffines, voxelCount } from '@oinr/volume';
import test from 'ava';
import { distancesToKept } from '../src/compare/keptDistances.ts';
import { measureBands } from '../src/compare/mixed/distanceTable.ts';
import { temporaryFolder } from './support/study.ts';

/** All voxels of a common space of 2 mm. */
const grid: Grid = { shape: [4, 9, 3], affine: [2, 0, 0, -4, 0, 2, 0, -8, 0, 0, 2, -2, 0, 0, 0, 1] };
const mask = { grid, indices: Int32Array.from({ length: voxelCount(grid) }, (_, voxel) => voxel) };
/** Coronal slices 1.5 mm apart. */
const own: Grid = {
  shape: [8, 20, 8],
  affine: [1, 0, 0, -4, 0, 1.5, 0, -15, 0, 0, 1, -4, 0, 0, 0, 1],
};
const kept = [0, 4, 8, 12, 16];

const row = (distances: Float32Array): number[] =>
  Array.from({ length: grid.shape[1] }, (_, j) => distances[j * grid.shape[0]]);

test('distances are those of the place in the scan: as it lies there, shifted, and enlarged', (t) => {
  // Kept slices lie at y = -15, -9, -3, 3, 9 mm; voxels of the common space at -8, -6, ..., 8.
  t.deepEqual(row(distancesToKept(mask, { grid: own, axis: 1, kept })), [1, 3, 1, 1, 3, 1, 1, 3, 1]);
  const shifted: Affine = [1, 0, 0, 0, 0, 1, 0, 0.5, 0, 0, 1, 0, 0, 0, 0, 1];
  t.deepEqual(
    row(distancesToKept(mask, { grid: own, axis: 1, kept, transform: { affine: shifted } })),
    [1.5, 2.5, 0.5, 1.5, 2.5, 0.5, 1.5, 2.5, 0.5],
  );
  // The head is one and a half times as large as the template: -12, -9, ..., 12 mm.
  const enlarged: Affine = [1, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  t.deepEqual(
    row(distancesToKept(mask, { grid: own, axis: 1, kept, transform: { affine: enlarged } })),
    [3, 0, 3, 0, 3, 0, 3, 0, 3],
  );
});

test('a turned scan and a sheared transform: the distance is counted along its own slice axis', (t) => {
  const [cos, sin] = [Math.cos(0.4), Math.sin(0.4)];
  const turn: Affine = [1, 0, 0, 0, 0, cos, -sin, 0, 0, sin, cos, 0, 0, 0, 0, 1];
  const turned: Grid = { shape: own.shape, affine: multiplyAffines(turn, own.affine) };
  const transform = { affine: [1.1, 0.05, 0, 2, -0.1, 0.9, 0.2, 1, 0.02, 0, 1.05, -3, 0, 0, 0, 1] as Affine };
  const distances = distancesToKept(mask, { grid: turned, axis: 1, kept: [...kept].reverse(), transform });
  for (const voxel of mask.indices) {
    const place = [voxel % 4, Math.floor(voxel / 4) % 9, Math.floor(voxel / 36)] as const;
    const world = applyAffine(transform.affine, applyAffine(grid.affine, place));
    const [, slice] = applyAffine(invertAffine(turned.affine), world);
    const expected = 1.5 * Math.min(...kept.map((one) => Math.abs(one - slice)));
    t.true(Math.abs(distances[voxel] - expected) < 1e-5, `${voxel}: ${distances[voxel]}, ${expected}`);
  }
});

test('errors belong to the distance in their own scan, whose first kept slice differs; groups to the mean over people', async (t) => {
  const folder = temporaryFolder();
  // Slices of 2 mm at the voxels of the common space; one person keeps 0, 3, 6, the other 1, 4, 7.
  const shape = [4, 9, 3] as const;
  const scans = await Promise.all(
    [
      [0, 3, 6],
      [1, 4, 7],
    ].map(async (slices, person) => {
      const image = join(folder, `${person}.nii.gz`);
      const sidecar = join(folder, `${person}.json`);
      await writeVolume(image, { grid, data: new Float32Array(voxelCount(grid)) });
      writeFileSync(sidecar, JSON.stringify({ KeptSlices: slices, SliceArrayAxis: 'j' }));
      return { image, sidecar };
    }),
  );
  const [nx, ny] = shape;
  const voxels = voxelCount(grid);
  const values = (off: (slice: number) => number): Float32Array =>
    Float32Array.from({ length: voxels }, (_, voxel) => off(Math.floor(voxel / nx) % ny));
  const zero = { voxels, rows: [values(() => 0), values(() => 0)], divisors: [1, 1] };
  // Each is wrong by 3 at its kept slices, by 1 beside them, by 2 two slices away.
  const error = [3, 1, 2];
  const distance = (slices: readonly number[], slice: number): number =>
    Math.min(...slices.map((one) => Math.abs(one - slice)));
  const imputed = {
    ...zero,
    rows: [values((j) => error[distance([0, 3, 6], j)]), values((j) => error[distance([1, 4, 7], j)])],
  };
  const { bands, bandOfVoxel, total } = await measureBands(
    { full: zero, imputed },
    scans,
    mask,
    2,
    () => undefined,
  );
  t.is(total, 2 * voxels);
  // Of 18 slices 6 are kept; slice 8 of the first person is two away from its last kept one, nothing else is.
  t.deepEqual(
    bands.map(({ count }) => count / (nx * shape[2])),
    [6, 11, 1],
  );
  t.deepEqual(
    bands.map(({ count, squares }) => Math.sqrt(squares / count)),
    error,
  );
  // Means of both: half a slice where one keeps it, one slice where neither does; 1.5 at the last one.
  t.deepEqual(
    Array.from({ length: ny }, (_, j) => bandOfVoxel[j * nx]),
    [1, 1, 1, 1, 1, 1, 1, 1, 2],
  );
});
