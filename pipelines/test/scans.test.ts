import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { acquireSlices, dropSlices, keepEvery } from '@oinr/slices';
import { applyAffine, type Volume } from '@oinr/volume';
import test from 'ava';
import { contextOf, runStage } from '../src/index.ts';
import { describeAcquisition } from '../src/scans/acquired.ts';
import { imputedStem } from '../src/scans/imputedStem.ts';
import { filesBelow, temporaryFolder, tinyHead } from './support/study.ts';

const shape = [22, 24, 25] as const;
const full: Volume = {
  grid: { shape, affine: [1.5, 0, 0, -16, 0, 1.5, 0, -18, 0, 0, 1.5, -18, 0, 0, 0, 1] },
  data: tinyHead(8, [22, 24, 25]),
};
const kept = keepEvery({ length: 25, every: 4 });

/** A scan with every fourth axial slice of the head, thin or averaged over a box of 6 mm. */
function lowResolution(isThick: boolean): Volume {
  const profile = isThick ? ({ kind: 'box', thickness: 4 } as const) : ({ kind: 'thin' } as const);
  const affine = full.grid.affine.map((value, n) => (n === 10 ? 4 * value : value));
  return {
    grid: { shape: [22, 24, kept.length], affine },
    data: acquireSlices(full, 2, kept, profile).data,
  };
}

async function run(words: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ['', ''];
  const sink = (add: (text: string) => void) => ({
    write: (text: string) => {
      add(text);
      return true;
    },
  });
  const terminal = {
    out: sink((text) => {
      out += text;
    }),
    error: sink((text) => {
      error += text;
    }),
  };
  try {
    return { code: await runStage('scans', words, contextOf(terminal)), out, error };
  } catch (thrown) {
    return { code: -1, out, error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** The files of a folder without the hidden records of what was done. */
const visible = (folder: string): string[] => filesBelow(folder).filter((file) => !file.startsWith('.'));

test('a thin scan: acquired slices are in the volume value for value and in their place; the sidecar says what was done', async (t) => {
  const folder = temporaryFolder();
  const thin = lowResolution(false);
  await writeVolume(join(folder, 'scan.nii.gz'), thin);
  const out = join(folder, 'out');
  const words = [join(folder, 'scan.nii.gz'), '--out', out, '--profile', 'thin', '--method', 'pchip'];
  const { code, out: told, error } = await run(words);
  t.is(code, 0, error);
  t.regex(told, /7 axial slices 6 mm apart \(thin\) brought to 1\.5 mm, 25 slices/);
  t.deepEqual(visible(out), ['scan_desc-pchip.json', 'scan_desc-pchip.nii.gz']);
  const volume = await readVolume(join(out, 'scan_desc-pchip.nii.gz'));
  t.deepEqual([...volume.grid.shape], [...shape]);
  t.deepEqual([...dropSlices(volume, 2, kept).data], [...thin.data]);
  const [was, is] = [applyAffine(thin.grid.affine, [3, 4, 6]), applyAffine(volume.grid.affine, [3, 4, 24])];
  t.true(was.every((value, n) => Math.abs(value - (is[n] ?? Number.NaN)) < 1e-4));
  const sidecar = JSON.parse(readFileSync(join(out, 'scan_desc-pchip.json'), 'utf8'));
  t.like(sidecar, {
    Sources: ['bids:source:scan.nii.gz'],
    Method: 'pchip',
    SliceAxis: 'axial',
    AcquiredSpacingMillimetres: 6,
    SpacingMillimetres: 1.5,
    SliceProfile: { Kind: 'thin', KnownFrom: 'options' },
    KeptSlices: kept,
  });
  t.regex(sidecar.Remarks.join(' '), /No errors were predicted/);
  // The same command again leaves the volume as it is; another profile is another volume.
  const before = statSync(join(out, 'scan_desc-pchip.nii.gz')).mtimeMs;
  t.regex((await run(words)).out, /there already/);
  t.is(statSync(join(out, 'scan_desc-pchip.nii.gz')).mtimeMs, before);
  t.notRegex((await run([...words.slice(0, 3), '--method', 'pchip'])).out, /there already/);
  // A volume of other options beside this sidecar, as a kill between the two used to leave it, is made again.
  const again = await run(words);
  t.notRegex(again.out, /there already/);
  const own = readFileSync(join(out, 'scan_desc-pchip.nii.gz'));
  await writeVolume(join(out, 'scan_desc-pchip.nii.gz'), { ...volume, data: volume.data.map((v) => v / 2) });
  t.notRegex((await run(words)).out, /there already/);
  t.deepEqual(readFileSync(join(out, 'scan_desc-pchip.nii.gz')), own);
});

test('a BIDS folder: thickness from the sidecar, averages estimated, one bad scan stops nothing, sessions stay apart', async (t) => {
  const root = temporaryFolder();
  const place = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  const thick = lowResolution(true);
  await writeVolume(place('sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz'), thick);
  writeFileSync(place('sub-01/ses-a/anat/sub-01_ses-a_T1w.json'), '{"SliceThickness": 6}');
  await writeVolume(place('sub-01/ses-b/anat/sub-01_ses-b_T1w.nii'), thick);
  writeFileSync(place('sub-02/anat/sub-02_T1w.nii.gz'), 'no scan');
  await writeVolume(place('sub-03/anat/sub-03_T1w.nii.gz'), full);
  const out = join(root, 'derivatives', 'oinr');
  const words = [root, '--out', out, '--method', 'linear', '--jobs', '1'];
  const refused = await run(words);
  t.regex(refused.error, /no dataset_description\.json; expected a BIDS folder.*--skip-bids-validation/);
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "tiny", "BIDSVersion": "1.9.0"}');
  const { code, error, out: told } = await run(words);
  t.is(code, 1);
  t.regex(error, /sub-02_T1w failed: .*not a NIfTI/);
  t.regex(error, /sub-03_T1w failed: No axis has clearly the largest voxels/);
  t.regex(told, /2 imputed, 2 failed/);
  const path = (session: string): string =>
    join(out, 'sub-01', `ses-${session}`, 'anat', `sub-01_ses-${session}_desc-linear_T1w`);
  const sidecar = (session: string) => JSON.parse(readFileSync(`${path(session)}.json`, 'utf8'));
  t.like(sidecar('a').SliceProfile, { Kind: 'box', ThicknessMillimetres: 6, KnownFrom: 'sidecar' });
  t.is(sidecar('b').SliceProfile.KnownFrom, 'assumed');
  t.regex(sidecar('b').Remarks.join(' '), /Neither options nor a sidecar/);
  t.is(JSON.parse(readFileSync(join(out, 'dataset_description.json'), 'utf8')).DatasetType, 'derivative');
  const volume = await readVolume(`${path('a')}.nii.gz`);
  t.notDeepEqual([...dropSlices(volume, 2, kept).data], [...thick.data]);
  // Averaged like the scan, the volume gives it back better than the averages themselves do.
  const lack = (data: Float32Array): number =>
    acquireSlices({ grid: full.grid, data }, 2, kept, { kind: 'box', thickness: 4 }).data.reduce(
      (sum, value, i) => sum + (value - (thick.data[i] ?? 0)) ** 2,
      0,
    );
  const thin = await run([...words, '--profile', 'thin', '--participant-label', '01', '--force']);
  t.is(thin.code, 0, thin.error);
  t.true(lack(volume.data) < 0.5 * lack((await readVolume(`${path('a')}.nii.gz`)).data));
  t.regex((await run([...words, '--participant-label', '07'])).error, /no participant sub-07/);
});

test('what was acquired: options before sidecar before assumption; a thin slice by its thickness; disagreement is said', (t) => {
  const { grid } = lowResolution(true);
  const of = (fields: object, options: object) => describeAcquisition(grid, fields, options);
  t.like(of({}, {}), { profileFrom: 'assumed', thickness: 6, gap: 6, axisName: 'axial' });
  t.like(of({ SliceThickness: 5 }, {}), { profileFrom: 'sidecar', thickness: 5 });
  t.like(of({ SliceThickness: 5 }, { sliceThickness: 4 }), { profileFrom: 'options', thickness: 4 });
  t.is(of({}, { spacing: 3, sliceThickness: 4 }).profile.kind, 'box');
  t.like(of({ SliceThickness: 1 }, {}), { profile: { kind: 'thin' } });
  t.regex(of({ SliceThickness: 1 }, {}).remarks.join(), /kept as they are/);
  t.regex(of({ SliceThickness: 5, SpacingBetweenSlices: 5 }, {}).remarks.join(), /the image was followed/);
  t.regex(of({ SliceThickness: 5 }, { spacing: 1.3 }).remarks.join(), /1\.3 mm does not divide.*1\.2 mm/);
  t.deepEqual(of({ SliceThickness: 6, SpacingBetweenSlices: 6 }, {}).remarks, []);
  // A named axis is taken although its voxels are the smaller ones.
  t.is(of({}, { axis: 'coronal', spacing: 0.5 }).axis, 1);
});

test('names: the desc entity stands before the suffix of a BIDS name', (t) => {
  t.is(imputedStem('sub-01_ses-2_acq-x_T1w', 'auto'), 'sub-01_ses-2_acq-x_desc-auto_T1w');
  t.is(imputedStem('my scan', 'auto'), 'my scan_desc-auto');
});

test('a sidecar that cannot be understood is said, not passed over', async (t) => {
  const folder = temporaryFolder();
  await writeVolume(join(folder, 'scan.nii'), lowResolution(true));
  const words = [join(folder, 'scan.nii'), '--out', join(folder, 'out'), '--method', 'linear'];
  writeFileSync(join(folder, 'scan.json'), '{"SliceThickness": "6"}');
  t.regex((await run(words)).error, /SliceThickness is "6"; a positive number \(mm\) was expected/);
  writeFileSync(join(folder, 'scan.json'), '{');
  t.regex((await run(words)).error, /scan\.json is not JSON/);
});
