import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVolume } from '@oinr/nifti';
import { parseNumber, readTsv } from '@oinr/tables';
import test from 'ava';
import fc from 'fast-check';
import { sharedPattern } from '../src/compare/slicePattern.ts';
import { firstKept } from '../src/simulate/firstKept.ts';
import { runImpute, scanPath, temporaryFolder, tinyStudy } from './support/study.ts';

test('drawn first slices have equal chances, depend on subject, seed and k alone, and differ between them (property)', (t) => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 12 }), (seed, every) => {
      const subjects = Array.from({ length: 600 }, (_, index) => `CN${index}`);
      const draw = (id: string): number => firstKept({ offset: 'random', seed }, id, every);
      const drawn = subjects.map(draw);
      t.deepEqual(subjects.toReversed().map(draw).toReversed(), drawn);
      const expected = subjects.length / every;
      const chiSquared = Array.from({ length: every }, (_, index) => {
        const count = drawn.filter((one) => one === index).length;
        return (count - expected) ** 2 / expected;
      }).reduce((sum, one) => sum + one, 0);
      t.true(drawn.every((one) => one >= 0 && one < every));
      // Beyond 50 for 11 degrees of freedom by chance once in a million.
      t.true(chiSquared < 50, `${chiSquared} at k = ${every}`);
    }),
    { numRuns: 40 },
  );
  const at = (seed: number, every: number): string =>
    Array.from({ length: 40 }, (_, id) => firstKept({ offset: 'random', seed }, `${id}`, every)).join('');
  t.not(at(1, 3), at(2, 3));
  t.not(at(1, 4), at(1, 8));
  t.is(firstKept({ offset: 2, seed: 1 }, '01', 3), 2);
});

test('--offset random: every method of a subject keeps the same slices, as measured, and a second run keeps all', async (t) => {
  const ids = ['01', '02', '03', '04', '05'];
  const root = await tinyStudy(ids);
  const out = temporaryFolder();
  const words = ['--cohort', 'bids', '--root', root, '--out', out, '--k', '3', '--offset', 'random'];
  const methods = ['--method', 'linear', 'pchip'];
  const first = await runImpute([...words, ...methods]);
  t.is(first.code, 0, first.error);
  const run = join(out, 'bids', 'default');
  const { rows } = await readTsv(join(run, 'tables', 'mse.tsv'));
  const anat = (id: string, desc: string): string =>
    join(run, 'derivatives/oinr', `sub-${id}`, 'anat', `sub-${id}_desc-${desc}_T1w`);
  const starts = new Set<number>();
  const scans: { image: string; sidecar: string }[] = [];
  for (const id of ids) {
    const full = await readVolume(scanPath(root, id));
    const [nx, ny, nz] = full.grid.shape;
    for (const method of ['linear', 'pchip']) {
      const path = anat(id, `${method}66`);
      const sidecar = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
      const kept: number[] = sidecar.KeptSlices;
      t.is(sidecar.SliceArrayAxis, 'j');
      t.is(kept[0], firstKept({ offset: 'random', seed: 1 }, id, 3));
      const row = rows.find((one) => one.participant_id === `sub-${id}` && one.method === method);
      t.is(parseNumber(row?.first_kept), kept[0]);
      t.true(kept.every((slice, index) => slice === kept[0] + 3 * index) && kept.length >= 8);
      const imputed = await readVolume(`${path}.nii.gz`);
      const differing = new Set<number>();
      for (let z = 0; z < nz; z += 1)
        for (let y = 0; y < ny; y += 1)
          for (let x = 0; x < nx; x += 1) {
            const at = x + nx * (y + ny * z);
            if (imputed.data[at] !== full.data[at]) differing.add(y);
          }
      t.deepEqual(
        [...differing].filter((slice) => kept.includes(slice)),
        [],
      );
      t.true(differing.size > 10);
      if (method === 'linear') scans.push({ image: scanPath(root, id), sidecar: `${path}.json` });
      starts.add(kept[0]);
    }
  }
  t.true(starts.size > 1, 'the gaps of these five do not all lie at the same place');

  // What is shared by all subjects: the distance, but no slices.
  t.deepEqual(await sharedPattern(scans, 3), { spacing: 9 });
  t.truthy((await sharedPattern([scans[0], scans[0]], 3)).slices);

  const again = await runImpute([...words, ...methods]);
  t.is(again.code, 0, again.error);
  const { stages } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
  t.deepEqual([stages.impute.unitsFinished, stages.impute.unitsReused], [10, 10]);
  t.is(stages.impute.config?.offset ?? stages.impute.options?.offset, 'random');
});
