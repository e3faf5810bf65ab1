import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { readTsv } from '@oinr/tables';
import test from 'ava';
import {
  filesBelow,
  scanPath,
  startStage,
  temporaryFolder,
  tinyAffine,
  tinyHead,
  tinyStudy,
} from './support/study.ts';

const run = (words: readonly string[]) => startStage('transfer', words).finished;
const people = ['01', '02', '03', '04'];
const words = (root: string, out: string) => [
  ...['--cohort', 'bids', '--root', root, '--out', out, '--k', '3', '--jobs', '2'],
  ...['--method', 'linear', 'pchip', '--sizes', '6', '10', '--smooth', '0', '6'],
];
const text = (out: string, name: string): string =>
  readFileSync(join(out, 'bids', 'default', 'tables', `${name}.tsv`), 'utf8');

const [nx, ny, nz] = [18, 25, 16];
const at = (i: number, j: number, k: number): number => i + nx * (j + ny * k);

/** Every voxel by a function of its place. */
function volume(value: (i: number, j: number, k: number) => number): Float64Array {
  const made = new Float64Array(nx * ny * nz);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++) for (let i = 0; i < nx; i++) made[at(i, j, k)] = value(i, j, k);
  return made;
}

/** Gaussian smoothing by the plain triple sum, cut off at 4 deviations, weight 1 at the border; voxels of 3 mm. */
function smoothed(data: Float64Array, fwhm: number): Float64Array {
  if (fwhm === 0) return data;
  const sigma = fwhm / Math.sqrt(8 * Math.log(2)) / 3;
  const reach = Math.ceil(4 * sigma);
  const along = (values: Float64Array, axis: number): Float64Array =>
    volume((...place) => {
      let [sum, weight] = [0, 0];
      for (let step = -reach; step <= reach; step++) {
        const other: [number, number, number] = [...place];
        other[axis] += step;
        if (other[axis] < 0 || other[axis] >= [nx, ny, nz][axis]) continue;
        const factor = Math.exp(-(step * step) / (2 * sigma * sigma));
        sum += factor * values[at(...other)];
        weight += factor;
      }
      return sum / weight;
    });
  return [0, 1, 2].reduce(along, data);
}

/** Every third slice along the second axis kept, the others filled in between; the last kept one goes on. */
function linear(data: Float64Array): Float64Array {
  return volume((i, j, k) => {
    const before = j - (j % 3);
    const after = Math.min(before + 3, 24);
    const share = after === before ? 0 : (j - before) / (after - before);
    return (1 - share) * data[at(i, before, k)] + share * data[at(i, after, k)];
  });
}

test('transfer and ratio of deviations at every place are those of a plain float64 computation', async (t) => {
  const root = await tinyStudy(people);
  const out = temporaryFolder();
  const ended = await run(words(root, out));
  t.is(ended.code, 0, ended.error);
  const places = (await readTsv(join(out, 'bids', 'default', 'tables', 'transfer_places.tsv'))).rows;
  const scans = await Promise.all(
    people.map(async (id) => Float64Array.from((await readVolume(scanPath(root, id))).data)),
  );
  const inside = volume((i, j, k) => Number(scans.every((data) => data[at(i, j, k)] > 0)));
  const normalised = (data: Float64Array, mean: number) => data.map((value) => value / mean);
  const meanOf = (data: Float64Array) =>
    data.reduce((sum, value, voxel) => sum + value * inside[voxel], 0) / inside.reduce((a, b) => a + b, 0);
  const distances = new Set<string>();
  let compared = 0;
  for (const size of [6, 10])
    for (const smooth of [0, 6]) {
      const rows = places.filter(
        (row) => row.method === 'linear' && row.size_mm === String(size) && row.smooth_mm === String(smooth),
      );
      const centres = rows.map(({ x, y, z }) => [x, y, z].map(Number));
      const far = (centre: readonly number[], i: number, j: number, k: number) =>
        Math.hypot(3 * i - 27 - centre[0], 3 * j - 37 - centre[1], 3 * k - 24 - centre[2]);
      const measured = scans.map((data) => {
        const implanted = volume((i, j, k) => {
          const near = Math.min(...centres.map((centre) => far(centre, i, j, k)));
          const loss = near <= 1.5 * size * (1 + 1e-9) ? 0.1 * 2 ** (-4 * (near / size) ** 2) : 0;
          return data[at(i, j, k)] * (1 - loss * inside[at(i, j, k)]);
        });
        const prepare = (one: Float64Array, other: Float64Array) => {
          const [plain, changed] = [smoothed(one, smooth), smoothed(other, smooth)];
          const mean = meanOf(plain);
          const values = normalised(plain, mean);
          return { values, effect: normalised(changed, mean).map((value, voxel) => value - values[voxel]) };
        };
        return {
          full: prepare(data, implanted),
          imputed: prepare(linear(data), linear(implanted)),
        };
      });
      const width = Math.hypot(size, smooth);
      for (const [index, row] of rows.entries()) {
        distances.add(row.distance_mm);
        const within = (radius: number) =>
          [
            ...volume(
              (i, j, k) => inside[at(i, j, k)] * Number(far(centres[index], i, j, k) <= radius * (1 + 1e-9)),
            ).entries(),
          ]
            .filter(([, isIn]) => isIn === 1)
            .map(([voxel]) => voxel);
        const [all, core] = [within(1.5 * width), within(width)];
        const transfers = measured.map(({ full, imputed }) => {
          const products = all.reduce((sum, voxel) => sum + full.effect[voxel] * imputed.effect[voxel], 0);
          return products / all.reduce((sum, voxel) => sum + full.effect[voxel] ** 2, 0);
        });
        const transfer = transfers.reduce((a, b) => a + b, 0) / people.length;
        t.true(Math.abs(Number(row.transfer) - transfer) < 1e-4, `${row.transfer} ${transfer}`);
        let [sum, weights] = [0, 0];
        for (const voxel of core) {
          const deviation = (values: number[]) => {
            const mean = values.reduce((a, b) => a + b, 0) / values.length;
            return Math.sqrt(values.reduce((a, value) => a + (value - mean) ** 2, 0));
          };
          const weight = (measured.reduce((a, { full }) => a + full.effect[voxel], 0) / people.length) ** 2;
          const ratio =
            deviation(measured.map(({ imputed }) => imputed.values[voxel])) /
            deviation(measured.map(({ full }) => full.values[voxel]));
          sum += weight * Math.log(ratio);
          weights += weight;
        }
        const ratio = Math.exp(sum / weights);
        t.true(Math.abs(Number(row.sd_ratio) - ratio) < 1e-4, `${row.sd_ratio} ${ratio}`);
        t.true(Math.abs(Number(row.people_needed) - (ratio / transfer) ** 2) < 1e-3);
        compared += 1;
      }
    }
  t.true(compared > 8);
  t.deepEqual([...distances].sort(), ['0', '3']);
  const table = await readTsv(join(out, 'bids', 'default', 'tables', 'transfer.tsv'));
  t.deepEqual(table.columns, [
    ...['method', 'missing_percent', 'k', 'smooth_mm', 'size_mm', 'distance_mm', 'places', 'subjects'],
    ...['transfer', 'transfer_sd', 'sd_ratio', 'people_needed'],
  ]);
  // Every smoothing and size of both methods: all distances together, and each by itself.
  t.is(table.rows.filter(({ distance_mm }) => distance_mm === 'all').length, 2 * 2 * 2);
  t.true(table.rows.every(({ subjects }) => subjects === '4'));
  const map = await readVolume(
    join(out, 'bids', 'default', 'group', 'desc-linear66Smooth6Size10_stat-transfer_statmap.nii.gz'),
  );
  const painted = new Set(map.data.filter(Number.isFinite));
  const needed = places
    .filter((row) => row.method === 'linear' && row.size_mm === '10' && row.smooth_mm === '6')
    .map((row) => Math.fround(Number(row.people_needed)));
  t.deepEqual([...painted].sort(), needed.sort());
  // A figure for each smoothing, which says for those who cannot see it what the table says of all distances.
  for (const smoothing of ['0', '6']) {
    const figure = readFileSync(
      join(out, 'bids', 'default', 'figures', `transfer-${smoothing}mm.svg`),
      'utf8',
    );
    for (const row of table.rows.filter(
      ({ distance_mm, smooth_mm }) => distance_mm === 'all' && smooth_mm === smoothing,
    ))
      t.true(figure.includes(`${row.size_mm} mm: ${Number(row.transfer).toFixed(2)}`));
    t.true(existsSync(join(out, 'bids', 'default', 'figures', `transfer-${smoothing}mm.png`)));
  }
});

test('killed (SIGKILL) and resumed: the same tables, and what was finished is kept', async (t) => {
  const root = await tinyStudy(people);
  const whole = temporaryFolder();
  t.is((await run(words(root, whole))).code, 0);
  const out = temporaryFolder();
  const { child, finished } = startStage('transfer', words(root, out));
  const records = join(out, 'bids', 'default', '.resume', 'transfer');
  const count = () =>
    existsSync(records) ? filesBelow(records).filter((name) => /^0\d\/.*json$/.test(name)).length : 0;
  while (child.exitCode === null && count() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await finished;
  const again = await run(words(root, out));
  t.is(again.code, 0, again.error);
  t.regex(again.out, /kept from an earlier run/);
  for (const name of ['transfer', 'transfer_places', 'transfer_failures'])
    t.is(text(out, name), text(whole, name), name);
});

test('people on grids of their own have places of their own; what needs a common grid is left out, and told', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const affine = tinyAffine.map((value, index) => (index === 0 ? 3.2 : value));
  await writeVolume(scanPath(root, '02'), { grid: { shape: [nx, ny, nz], affine }, data: tinyHead(2) });
  const out = temporaryFolder();
  const ended = await run(words(root, out));
  t.is(ended.code, 0, ended.error);
  t.regex(ended.out, /People lie on grids of their own.*people needed and maps are left out/);
  const { columns, rows } = await readTsv(join(out, 'bids', 'default', 'tables', 'transfer_places.tsv'));
  t.is(columns[0], 'participant_id');
  t.deepEqual([...new Set(rows.map((row) => row.participant_id))].sort(), ['sub-01', 'sub-02']);
  t.true(
    rows.every((row) => Number(row.transfer) > 0 && row.sd_ratio === 'n/a' && row.people_needed === 'n/a'),
  );
  t.false(existsSync(join(out, 'bids', 'default', 'group')));
});

test('what cannot be done is refused with a sentence, before anything is written', async (t) => {
  const root = await tinyStudy(['01', '02']);
  const refused = async (more: readonly string[], code: number, message: RegExp): Promise<void> => {
    const out = temporaryFolder();
    const ended = await run([...words(root, out), ...more]);
    t.is(ended.code, code, ended.error);
    t.regex(ended.error, message);
    t.false(existsSync(join(out, 'bids', 'default', 'tables')));
  };
  await Promise.all([
    refused(['--sizes', '0'], 2, /--sizes needs a whole number above 0, but got "0"/),
    refused(['--sizes', '60'], 1, /There is no room for a blob of 60 mm/),
    refused(['--k', '1'], 2, /--k needs a whole number of at least 2/),
    refused(['--k', '30'], 1, /At least two slices must be kept/),
    refused(['--loss', '100'], 2, /--loss needs a number between 0 and 100/),
    refused(['--method', 'spline'], 2, /--method "spline" does not exist/),
  ]);
});
