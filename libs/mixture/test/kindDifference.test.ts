import test from 'ava';
import { kindDifference, sharedRow } from '../src/index.ts';
import type { Values } from '../src/values.ts';

const valuesOf = (rows: readonly (readonly number[] | undefined)[]): Values => ({
  voxels: 3,
  rows: rows.map((row) => row && sharedRow(row)),
});

const full = [
  [1, 2, 5],
  [3, 4, 5],
  [11, 2, 5],
  [13, 4, 5],
];
const labels = [1, 1, 0, 0];

test('a change of scale shows in mean and spread, and group differences are no spread', (t) => {
  const imputed = full.map((row) => row.map((value) => 2 * value));
  const found = kindDifference({ full: valuesOf(full), imputed: valuesOf(imputed) }, labels);
  t.is(found?.people, 4);
  t.is(found?.mean, 1);
  t.is(found?.deviationRatio, 2);
  // Voxel means are 7, 3 and 5, and differ by as much.
  t.true(Math.abs((found?.voxelwise ?? 0) - Math.sqrt((49 + 9 + 25) / 3) / 5) < 1e-12);
  // Taken back by the scales, nothing is left.
  const scales = { full: [1, 1, 1, 1], imputed: [0.5, 0.5, 0.5, 0.5] };
  const none = kindDifference({ full: valuesOf(full), imputed: valuesOf(imputed) }, labels, scales);
  t.deepEqual([none?.mean, none?.voxelwise, none?.deviationRatio], [0, 0, 1]);
});

test('differences that cancel over voxels show voxel by voxel', (t) => {
  const imputed = full.map(([a, b, c]) => [a + 1, b - 1, c]);
  const found = kindDifference({ full: valuesOf(full), imputed: valuesOf(imputed) }, labels);
  t.is(found?.mean, 0);
  t.true(Math.abs((found?.voxelwise ?? 0) - Math.sqrt(2 / 3) / 5) < 1e-12);
});

test('people without one of the scans do not count, and where nobody has both there is no answer', (t) => {
  const some = [undefined, ...full.slice(1)];
  t.is(kindDifference({ full: valuesOf(full), imputed: valuesOf(some) }, labels)?.people, 3);
  const nobody = full.map(() => undefined);
  t.is(kindDifference({ full: valuesOf(full), imputed: valuesOf(nobody) }, labels), undefined);
});
