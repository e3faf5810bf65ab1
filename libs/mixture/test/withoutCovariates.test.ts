import { stream } from '@oinr/random';
import test from 'ava';
import { columnsOfStrata, sharedRow, type ValuePair, withoutCovariates, worthOf } from '../src/index.ts';
import { synthetic } from './support.ts';

const few = { seed: 1, splits: 10, samples: 60, splitsOfSample: 2 };

test('what is taken off is the fit of the covariate beside the groups, and the difference of the groups stays', (t) => {
  // By hand: without noise the fit is exact, whatever the covariate has to do with the groups.
  const labels = Uint8Array.of(1, 1, 1, 0, 0, 0);
  const age = [70, 75, 83, 61, 64, 71];
  const site = Int32Array.of(0, 1, 0, 1, 0, 1);
  const rows = age.map((years, person) =>
    sharedRow([5 + 3 * labels[person] + 0.25 * years, 1 - labels[person] + 2 * site[person]]),
  );
  const values = { voxels: 2, rows };
  const columns = [age, ...columnsOfStrata(site)];
  const { full } = withoutCovariates({ full: values, imputed: values }, labels, columns);
  for (const [voxel, effect] of [
    [0, 3],
    [1, -1],
  ]) {
    const own = full.rows.map((row) => row?.[voxel] ?? Number.NaN);
    for (const person of [0, 1, 2, 3, 4, 5])
      t.true(Math.abs(own[person] - own[5] - effect * labels[person]) < 1e-5, `${voxel} ${own}`);
  }
  // A column that says nothing new is passed over.
  const twice = withoutCovariates({ full: values, imputed: values }, labels, [...columns, age, [...labels]]);
  twice.full.rows.forEach((row, person) => {
    row?.forEach((value, voxel) => {
      t.true(Math.abs(value - (full.rows[person]?.[voxel] ?? Number.NaN)) < 1e-5);
    });
  });
});

test('a covariate that hides what scans are worth no longer does', async (t) => {
  const { values, labels } = synthetic({
    people: 80,
    voxels: 2000,
    effect: 0.7,
    change: (value, noise) => value + noise,
  });
  // Older people are in the first group, and age darkens full scans alone by more than people differ.
  const random = stream(3, 'age');
  const age = Float64Array.from(labels, (label) => label + 2 * random.normal());
  const aged: ValuePair = {
    full: {
      voxels: 2000,
      rows: values.full.rows.map(
        (row, person) => row && sharedRow(row.map((value) => value - 3 * age[person])),
      ),
    },
    imputed: values.imputed,
  };
  const plain = await worthOf(aged, labels, few);
  const adjusted = await worthOf(withoutCovariates(aged, labels, [age]), labels, few);
  t.true(Math.abs((adjusted.worth ?? 0) - 0.5) < 0.07, String(adjusted.worth));
  t.false(Math.abs((plain.worth ?? 0) - 0.5) < 0.2, String(plain.worth));
});
