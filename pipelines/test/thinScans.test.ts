// A cohort in which some scans really have few slices: imputed without a truth, to the distance of the full ones.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { readTsv } from '@oinr/tables';
import { crop } from '@oinr/volume';
import test from 'ava';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { scanPath, temporaryFolder, tinyAffine, tinyHead } from './support/study.ts';
import { thinned } from './support/thinned.ts';

const shape = [18, 25, 16] as const;
const ids = ['01', '02', '03', '04', '05', '06', '07', '08'];

/** Slice distances by subject: 1 for all slices. */
async function cohort(every: readonly number[], word: (every: number) => string): Promise<string> {
  const root = temporaryFolder();
  const rows = ids.map((id, n) => `sub-${id}\t${n % 2 === 0 ? 'CN' : 'AD'}\t${word(every[n])}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\tresolution\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "tiny", "BIDSVersion": "1.9.0"}\n');
  for (const [n, id] of ids.entries()) {
    const head = { grid: { shape, affine: tinyAffine }, data: tinyHead(1 + n) };
    await writeVolume(scanPath(root, id), every[n] === 1 ? head : thinned(head, every[n]), { space: 'mni' });
  }
  return root;
}

async function impute(root: string, out: string, ...words: string[]) {
  const terminal = recordedTerminal();
  const where = ['--cohort', 'bids', '--root', root, '--out', out, '--resolution-column', 'resolution'];
  const code = await runStage(
    'impute',
    [...where, '--method', 'linear', ...words],
    contextOf(terminal),
  ).catch((thrown) => {
    terminal.out.write(String(thrown));
    return 1;
  });
  return { code, said: terminal.text() };
}

const fullOrFew = (every: number): string => (every === 1 ? 'full' : 'few');

test('scans with few slices come to the distance of the full ones, which are thinned like the coarsest', async (t) => {
  // 02 has every second slice: of those every second one is used, as if it had every fourth.
  const every = [1, 2, 1, 4, 1, 4, 1, 1];
  const root = await cohort(every, fullOrFew);
  const out = temporaryFolder();
  const { code, said } = await impute(root, out);
  t.is(code, 0, said);
  t.regex(said, /3 scans have few slices .*every 4th slice is kept, k = 4/);
  const tables = join(out, 'bids', 'default', 'tables');
  const mse = await readTsv(join(tables, 'mse.tsv'));
  t.deepEqual(
    mse.rows.map(({ participant_id, k }) => [participant_id, k]),
    ['01', '03', '05', '07', '08'].map((id) => [`sub-${id}`, '4']),
  );
  const filled = await readTsv(join(tables, 'filled.tsv'));
  t.deepEqual(
    filled.rows.map(({ participant_id, used_every }) => [participant_id, used_every]),
    [
      ['sub-02', '2'],
      ['sub-04', '1'],
      ['sub-06', '1'],
    ],
  );
  for (const [id, number] of [
    ['02', 1],
    ['04', 3],
  ] as const) {
    const path = join(out, 'bids/default/derivatives/oinr', `sub-${id}/anat/sub-${id}_desc-linear75_T1w`);
    const { grid, data } = await readVolume(`${path}.nii.gz`);
    const head = { grid: { shape, affine: tinyAffine }, data: tinyHead(1 + number) };
    // 25 slices at distance 1: 0, 4, ..., 24 were measured; the grid is that of the full head again.
    const there = crop(head, { start: [0, 0, 0], shape: [shape[0], grid.shape[1], shape[2]] });
    t.deepEqual([...grid.shape], [...there.grid.shape]);
    t.true(grid.affine.every((value, n) => Math.abs(value - there.grid.affine[n]) < 1e-5));
    const differs = new Set<number>();
    data.forEach((value, voxel) => {
      if (Math.abs(value - there.data[voxel]) > 1e-3)
        differs.add(Math.floor(voxel / shape[0]) % grid.shape[1]);
    });
    t.true(differs.size > 10);
    t.false(
      [...differs].some((slice) => slice % 4 === 0),
      'measured slices are as measured',
    );
  }
  const again = await impute(root, out);
  t.regex(again.said, /sub-04 \(few slices\): 1 kept from an earlier run/);
});

test('where all scans have all slices the column is for the comparison, and nothing else changes', async (t) => {
  const root = await cohort([1, 1, 1, 1, 1, 1, 1, 1], () => 'full');
  const rows = ids.map((id, n) => `sub-${id}\t${n % 2 === 0 ? 'CN' : 'AD'}\t${n < 4 ? 'full' : 'few'}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\tresolution\n${rows.join('\n')}\n`);
  const out = temporaryFolder();
  t.is((await impute(root, out, '--k', '2')).code, 0);
  const mse = await readTsv(join(out, 'bids/default/tables/mse.tsv'));
  t.is(mse.rows.length, 8);
});

test('columns and scans that do not fit each other are refused before any work', async (t) => {
  const out = temporaryFolder();
  const wrong = await cohort([1, 3, 1, 3, 1, 3, 1, 1], () => 'full');
  const rows = ids.map((id, n) => `sub-${id}\tCN\t${[1, 3, 4].includes(n) ? 'few' : 'full'}`);
  writeFileSync(join(wrong, 'participants.tsv'), `participant_id\tgroup\tresolution\n${rows.join('\n')}\n`);
  const mismatch = await impute(wrong, out);
  t.is(mismatch.code, 1);
  t.regex(
    mismatch.said,
    /says that 05 has few slices, but they are .* mm apart, like those of the full scans/,
  );
  const third = await cohort([1, 3, 1, 3, 1, 3, 1, 1], (every) => (every === 1 ? 'full' : 'few'));
  const axis = await impute(third, out, '--axis', 'axial');
  t.is(axis.code, 1);
  t.regex(
    axis.said,
    /02 has few coronal slices, but slices are dropped along the axial axis; give --axis coronal/,
  );
  const crossFit = await impute(third, out, '--cross-fit', 'x');
  t.regex(crossFit.said, /are in no fold; leave out one of the two/);
});
