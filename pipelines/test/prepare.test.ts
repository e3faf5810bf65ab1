// The stage prepare: who is listed, who is flagged, and what a second run does.
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { resampleThrough } from '@oinr/registration';
import { readTsv } from '@oinr/tables';
import { applyAffine, type Grid, identityAffine, type Volume } from '@oinr/volume';
import test from 'ava';
import { commonGrid } from '../src/prepare/scan/target.ts';
import { runStage } from '../src/runStage.ts';
import { contextOf } from '../src/stageContext.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { filesBelow, scanPath, temporaryFolder } from './support/study.ts';

const templateGrid: Grid = {
  shape: [40, 48, 40],
  affine: [4, 0, 0, -78, 0, 4, 0, -112, 0, 0, 4, -72, 0, 0, 0, 1],
};
const spacing = 4;
/** Where a scanner saw the head that has to be registered. */
const scannerGrid: Grid = {
  shape: [44, 70, 44],
  affine: [-4, 0, 0, 90, 0, 3, 0, -118, 0, 0, 4, -84, 0, 0, 0, 1],
};

interface People {
  readonly root: string;
  readonly template: string;
}

/** Of 01 the scan is on a grid of its own; 02 to 04 lie on the common grid already, which costs no registration. */
async function fourPeople(): Promise<People> {
  const colin = await readVolume(
    join(import.meta.dirname, '../../cohorts/phantom-base/colin27_brain_1mm.nii.gz'),
  );
  const on = (grid: Grid, shift = 0): Volume => {
    const affine = identityAffine.map((value, index) => (index === 7 ? shift : value));
    const { data } = resampleThrough(colin, { affine }, grid, 'cubic');
    return { grid, data: data.map((value) => (value < 12 ? 0 : value)) };
  };
  const root = temporaryFolder();
  const template = join(root, 'template.nii.gz');
  await writeVolume(template, on(templateGrid), { space: 'mni' });
  const there = on(commonGrid(templateGrid, spacing));
  const scans: Record<string, Volume> = {
    '01': on(scannerGrid, 6),
    '02': there,
    '03': withoutItsBottom(there),
    '04': there,
  };
  for (const [id, volume] of Object.entries(scans)) {
    mkdirSync(join(root, `sub-${id}`, 'anat'), { recursive: true });
    await writeVolume(scanPath(root, id), volume);
  }
  const rows = Object.keys(scans).map((id, index) => `sub-${id}\t${index < 2 ? 'AD' : 'CN'}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "raw", "BIDSVersion": "1.9.0"}\n');
  return { root, template };
}

/** A scan whose field of view ended above the temporal lobes. */
function withoutItsBottom({ grid, data }: Volume): Volume {
  const [nx, ny] = grid.shape;
  return {
    grid,
    data: data.map((value, index) =>
      applyAffine(grid.affine, [0, 0, Math.floor(index / (nx * ny))])[2] < -10 ? 0 : value,
    ),
  };
}

async function prepare({ root, template }: People, out: string, ...words: string[]) {
  const terminal = recordedTerminal();
  const where = ['--cohort', 'bids', '--root', root, '--out', out, '--template', template];
  const code = await runStage(
    'prepare',
    [...where, '--spacing', String(spacing), '--jobs', '1', ...words],
    contextOf({ ...terminal, out: { ...terminal.out, isTTY: false } }),
  );
  return { code, text: terminal.text() };
}

test('a bad scan is listed and an outlier flagged, and a second run keeps what the first has written', async (t) => {
  const people = await fourPeople();
  truncateSync(scanPath(people.root, '04'), 2000);
  const out = temporaryFolder();
  const folder = join(out, 'bids', 'default');
  const table = async (name: string) => (await readTsv(join(folder, 'tables', `${name}.tsv`))).rows;

  // As if stopped after one of four.
  t.is((await prepare(people, out, '--participant-label', '02')).code, 0);
  const first = await prepare(people, out);
  t.is(first.code, 1);
  t.regex(first.text, /3 scans in the common space.* 1 of all kept from an earlier run/);

  // One sentence that names the file and what is wrong with it; the others went on.
  const [failed, ...others] = await table('prepare_failures');
  t.deepEqual(others, []);
  t.is(failed.participant_id, 'sub-04');
  t.regex(failed.reason, /^sub-04\/anat\/sub-04_T1w\.nii\.gz is truncated: /);
  t.regex(first.text, /Failed \(1; tables\/prepare_failures\.tsv\)\n {2}sub-04: /);

  const quality = await table('quality');
  t.deepEqual(
    quality.map(({ participant_id, registered }) => [participant_id, registered]),
    [
      ['sub-01', 'yes'],
      ['sub-02', 'no'],
      ['sub-03', 'no'],
    ],
  );
  t.deepEqual(
    quality.map(({ flags }) => flags !== 'n/a'),
    [false, false, true],
    'only the cut scan is flagged',
  );
  t.regex(quality[2].flags, /^overlap 0\.\d+ is below 0\.9/);
  t.regex(
    first.text,
    /Flagged, need a look \(1; quality\.html\)[^\n]*\n {2}sub-03: overlap 0\.\d+ is below 0\.9/,
  );
  const page = readFileSync(join(folder, 'quality.html'), 'utf8');
  t.regex(page, /1 of 3 scans were flagged/);
  t.true(page.indexOf('id="sub-03"') < page.indexOf('id="sub-01"'), 'flagged scans come first');

  // Nothing is written again, so nothing can differ; times of the last change say so.
  const written = filesBelow(folder).filter((file) => /^(derivatives\/.*sub-|quality\/)/.test(file));
  t.is(written.filter((file) => file.endsWith('_desc-preproc_T1w.nii.gz')).length, 3);
  const state = () => written.map((file) => statSync(join(folder, file)).mtimeMs);
  const tables = () =>
    ['quality', 'prepare_failures'].map((name) =>
      readFileSync(join(folder, 'tables', `${name}.tsv`), 'utf8'),
    );
  const [before, said] = [state(), tables()];
  const second = await prepare(people, out);
  t.is(second.code, 1);
  t.regex(second.text, / 3 of all kept from an earlier run/);
  t.deepEqual(state(), before);
  t.deepEqual(tables(), said);

  // The mended scan alone is new.
  writeFileSync(scanPath(people.root, '04'), readFileSync(scanPath(people.root, '02')));
  const third = await prepare(people, out);
  t.is(third.code, 0, third.text);
  t.regex(third.text, /4 scans in the common space.* 3 of all kept from an earlier run/);
  t.deepEqual(state(), before);
  t.deepEqual(await table('prepare_failures'), []);
});

test('--register-from imputed: what was imputed is registered by itself, whatever the transform of its full scan', async (t) => {
  const people = await fourPeople();
  const out = temporaryFolder();
  const folder = join(out, 'bids', 'default');
  const anat = join(folder, 'derivatives', 'oinr', 'sub-01', 'anat');
  const one = ['--participant-label', '01'];
  t.is((await prepare(people, out, ...one)).code, 0);
  // As imputed, a copy that lies 8 mm elsewhere: only a registration of its own brings it to its place.
  const scan = await readVolume(scanPath(people.root, '01'));
  const moved = identityAffine.map((value, index) => (index === 7 ? 8 : value));
  const imputed = resampleThrough(scan, { affine: moved }, scan.grid, 'linear');
  await writeVolume(join(anat, 'sub-01_desc-linear66_T1w.nii.gz'), imputed);
  writeFileSync(
    join(anat, 'sub-01_desc-linear66_T1w.json'),
    '{"Description": "Imputed.", "Method": "linear", "MissingPercent": 66, "KeptEvery": 3}',
  );
  const prepared = (desc: string) => join(anat, `sub-01_space-template_res-4mm_desc-${desc}_T1w`);
  const middle = async (desc: string): Promise<number> => {
    const { grid, data } = await readVolume(`${prepared(desc)}.nii.gz`);
    const [nx, ny] = grid.shape;
    let [sum, mass] = [0, 0];
    data.forEach((value, index) => {
      sum += value * applyAffine(grid.affine, [0, Math.floor(index / nx) % ny, 0])[1];
      mass += value;
    });
    return sum / mass;
  };
  const carried = await prepare(people, out, ...one);
  t.regex(carried.text, /1 imputed volumes carried along/);
  const full = await middle('preproc');
  t.true(Math.abs((await middle('linear66')) - full) > 6);

  const own = await prepare(people, out, ...one, '--register-from', 'imputed');
  t.is(own.code, 0, own.text);
  t.regex(own.text, /1 imputed volumes registered by themselves \(\d\.\d\d mm from their full scans/);
  t.true(Math.abs((await middle('linear66')) - full) < 1.5, `${await middle('linear66')}, ${full}`);
  const { rows } = await readTsv(join(folder, 'tables', 'imputed_quality.tsv'));
  t.is(rows.length, 1);
  t.true(Math.abs(Number(rows[0].mm_from_full) - 8) < 2, rows[0].mm_from_full);
  const sidecar = JSON.parse(readFileSync(`${prepared('linear66')}.json`, 'utf8'));
  t.regex(sidecar.Transform, /sub-01_desc-linear66_from-T1w_to-template_mode-image_xfm\.json$/);
  t.is(sidecar.Method, 'linear');
  t.regex(sidecar.Description, /without the full scan/);
  const again = await prepare(people, out, ...one, '--register-from', 'imputed');
  t.regex(again.text, / 2 of all kept from an earlier run/);

  await t.throwsAsync(prepare(people, out, '--register', 'never', '--register-from', 'imputed'), {
    message: /--register-from imputed registers what was imputed, but --register never/,
  });
});
