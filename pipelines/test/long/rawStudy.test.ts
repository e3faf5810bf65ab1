// A study of raw scans: every head in a place and on a grid of its own, as scanners leave them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHeader, readVolume, writeVolume } from '@oinr/nifti';
import { resampleThrough } from '@oinr/registration';
import { readTsv } from '@oinr/tables';
import {
  type Affine,
  applyAffine,
  type Grid,
  identityAffine,
  invertAffine,
  type Vector3,
  type Volume,
} from '@oinr/volume';
import test from 'ava';
import { runStage } from '../../src/runStage.ts';
import { contextOf } from '../../src/stageContext.ts';
import { recordedTerminal } from '../support/recordedTerminal.ts';
import { scanPath, temporaryFolder } from '../support/study.ts';

/** Template space: 4 mm cubes over the Colin27 brain. */
const templateGrid: Grid = {
  shape: [40, 48, 40],
  affine: [4, 0, 0, -78, 0, 4, 0, -112, 0, 0, 4, -72, 0, 0, 0, 1],
};

/** Where a point of the template lies in each scan. */
const truths: readonly Affine[] = [
  [1, 0, 0, 3, 0, 1, 0, -4, 0, 0, 1, 5, 0, 0, 0, 1],
  [1.03, 0, 0, 0, 0, 0.995, -0.0998, 6, 0, 0.0998, 0.995, 2, 0, 0, 0, 1],
  [0.98, 0.05, 0, -5, -0.05, 1.02, 0, 3, 0, 0, 1.04, -6, 0, 0, 0, 1],
  [1, 0, 0.06, 4, 0, 1.05, 0, 0, -0.06, 0, 1, 8, 0, 0, 0, 1],
];

/**
 * Coronal slices are 3 mm apart, in the last scan 3.3 mm. The third scan is stored as coronal slices, the others as
 * axial ones.
 */
const scanGrids: readonly Grid[] = [
  { shape: [44, 70, 44], affine: [-4, 0, 0, 90, 0, 3, 0, -118, 0, 0, 4, -84, 0, 0, 0, 1] },
  { shape: [44, 70, 44], affine: [-4, 0, 0, 90, 0, 3, 0, -118, 0, 0, 4, -84, 0, 0, 0, 1] },
  { shape: [44, 44, 70], affine: [-4, 0, 0, 90, 0, 0, 3, -118, 0, 4, 0, -84, 0, 0, 0, 1] },
  { shape: [44, 64, 44], affine: [-4, 0, 0, 90, 0, 3.3, 0, -118, 0, 0, 4, -84, 0, 0, 0, 1] },
];

/** A brain alone: what interpolation leaves around it is 0. */
function brainAlone({ grid, data }: Volume): Volume {
  return { grid, data: data.map((value) => (value < 12 ? 0 : value)) };
}

async function rawCohort(): Promise<{ root: string; template: string }> {
  const colin = await readVolume(
    join(import.meta.dirname, '../../../cohorts/phantom-base/colin27_brain_1mm.nii.gz'),
  );
  const root = temporaryFolder();
  const template = join(root, 'template.nii.gz');
  await writeVolume(
    template,
    brainAlone(resampleThrough(colin, { affine: identityAffine }, templateGrid, 'cubic')),
    { space: 'mni' },
  );
  for (const [index, truth] of truths.entries()) {
    const id = String(index + 1);
    mkdirSync(join(root, `sub-${id}`, 'anat'), { recursive: true });
    const moved = resampleThrough(colin, { affine: invertAffine(truth) }, scanGrids[index], 'cubic');
    await writeVolume(scanPath(root, id), brainAlone(moved));
  }
  const rows = truths.map((_, index) => `sub-${index + 1}\t${index < 2 ? 'AD' : 'CN'}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "raw", "BIDSVersion": "1.9.0"}\n');
  return { root, template };
}

async function run(...words: string[]): Promise<{ code: number; text: string }> {
  const terminal = recordedTerminal();
  const [stage, ...rest] = words;
  const code = await runStage(
    stage,
    rest,
    contextOf({ ...terminal, out: { ...terminal.out, isTTY: false } }),
  ).catch((thrown) => {
    terminal.out.write(String(thrown));
    return 1;
  });
  return { code, text: terminal.text() };
}

test('raw scans are imputed on their own grids, and compared after one transform for full and imputed', async (t) => {
  const { root, template } = await rawCohort();
  // A truth on the scans' own grid is of no use in the common space.
  mkdirSync(join(root, 'derivatives', 'truth'), { recursive: true });
  for (const name of ['effect_T1w', 'null_mask', 'template_T1w'])
    writeFileSync(join(root, 'derivatives', 'truth', `desc-${name}.nii.gz`), '');
  const out = temporaryFolder();
  const where = ['--cohort', 'bids', '--root', root, '--out', out];
  const prepare = ['--template', template, '--spacing', '4'];
  const impute = ['--k', '2', '--method', 'linear', 'pchip'];
  const study = await run('study', ...where, ...prepare, ...impute, '--jobs', '1', '--permutations', '6');
  t.is(study.code, 0, study.text);

  const folder = join(out, 'bids', 'default');
  const file = (id: number, name: string): string =>
    join(folder, 'derivatives', 'oinr', `sub-${id}`, 'anat', `sub-${id}_${name}`);
  const sidecar = (id: number, name: string) => JSON.parse(readFileSync(file(id, name), 'utf8'));
  for (const [index, truth] of truths.entries()) {
    const id = index + 1;
    // Imputed on the scan's own grid.
    const native = await readHeader(file(id, 'desc-pchip50_T1w.nii.gz'));
    t.deepEqual(native.grid.shape, scanGrids[index].shape);
    // The same matrix for the full scan and what was imputed: that which is kept, and it is the true one.
    const { AffineTemplateToScan: kept } = sidecar(id, 'from-T1w_to-template_mode-image_xfm.json');
    for (const desc of ['preproc', 'linear50', 'pchip50']) {
      const told = sidecar(id, `space-template_res-4mm_desc-${desc}_T1w.json`);
      t.deepEqual(told.AffineTemplateToScan, kept, `${id} ${desc}`);
    }
    for (const point of [
      [0, -20, 10],
      [-50, -20, 0],
      [40, 40, 20],
      [20, -90, -10],
    ] satisfies Vector3[]) {
      const [found, true_] = [applyAffine(kept, point), applyAffine(truth, point)];
      const off = Math.hypot(...found.map((value, axis) => value - true_[axis]));
      t.true(off < 3, `sub-${id}: ${off.toFixed(1)} mm at ${point}`);
    }
  }

  // Compared on the template's grid, with the volumes that were carried there.
  const common = await readVolume(file(1, 'space-template_res-4mm_desc-pchip50_T1w.nii.gz'));
  for (const id of ['full', 'linear50', 'pchip50']) {
    const { grid } = await readHeader(join(folder, 'group', `desc-${id}_stat-t_statmap.nii.gz`));
    t.deepEqual(grid, common.grid, id);
  }
  t.deepEqual([common.grid.affine[0], common.grid.affine[5], common.grid.affine[10]], [4, 4, 4]);
  const map = JSON.parse(readFileSync(join(folder, 'group', 'desc-pchip50_stat-t_statmap.json'), 'utf8'));
  t.true(map.Sources.every((source: string) => source.includes('space-template_res-4mm_desc-pchip50')));

  // Agreement is over all voxels; the spacing is that of the scans (two times 3 mm), not of the template.
  const agreement = await readTsv(join(folder, 'tables', 'agreement.tsv'));
  t.deepEqual([...new Set(agreement.rows.map(({ slices }) => slices))], ['all']);
  const verdict = await readTsv(join(folder, 'tables', 'verdict.tsv'));
  t.deepEqual(verdict.rows.map(({ method, spacing_mm }) => [method, Number(spacing_mm).toFixed(3)]).sort(), [
    ['linear', '6.000'],
    ['pchip', '6.000'],
  ]);

  const page = readFileSync(join(folder, 'report.html'), 'utf8');
  t.regex(page, /<h2[^>]*>Order of work/);
  t.regex(
    page,
    /only then the full scan and every imputed volume are taken to the common space through the same/,
  );
  t.regex(page, /No registration was flagged/);
  t.regex(
    page,
    /pipeline:prepare[^\n]*\n[^\n]*pipeline:impute[^\n]*\n[^\n]*pipeline:prepare[^\n]*\n[^\n]*pipeline:compare/,
  );
  t.notRegex(page, /Kept slices are the same in both data sets/);
  t.regex(page, /at 50 % the kept ones are 6\.00 to 6\.60 mm apart/);
  t.regex(page, /nothing was compared with the truth/);
  const described = JSON.parse(
    readFileSync(join(folder, 'derivatives', 'oinr', 'dataset_description.json'), 'utf8'),
  );
  t.deepEqual(
    described.GeneratedBy.map(({ Name }: { Name: string }) => Name),
    ['oinr prepare', 'oinr'],
  );

  // What is imputed later is not in the common space before prepare has taken it there.
  t.is((await run('impute', ...where, ...impute)).code, 0);
  const early = await run('compare', ...where);
  t.is(early.code, 1);
  t.regex(early.text, /impute ended after that.*nx run pipeline:prepare --cohort bids/);
});
