import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeNifti, readHeader, readVolume, writeVolume } from '@oinr/nifti';
import { describeAcquisition, imputedStem } from '@oinr/scan';
import { acquireSlices, dropSlices, keepEvery, otherKind } from '@oinr/slices';
import { applyAffine, crop, type Grid, sameGrid, type Volume } from '@oinr/volume';
import test from 'ava';
import { contextOf, runStage } from '../src/index.ts';
import { kindRemarks } from '../src/scans/kindRemarks.ts';
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
    // Pages have tests of their own.
    return { code: await runStage('scans', [...words, '--no-page'], contextOf(terminal)), out, error };
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
    Sources: ['scan.nii.gz'],
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

test('--error-maps writes two maps beside a volume whose error is predicted, and says so of another', async (t) => {
  const folder = temporaryFolder();
  const scan = join(folder, 'sub-1_T1w.nii.gz');
  await writeVolume(scan, lowResolution(true));
  const out = join(folder, 'out');
  const words = [scan, '--out', out, '--error-maps', '--seed', '3'];
  t.is((await run([...words, '--method', 'oinr-internal'])).code, 0);
  const [s68, s95] = ['sub-1_desc-oinrInternal_s68.nii.gz', 'sub-1_desc-oinrInternal_s95.nii.gz'];
  t.deepEqual(
    visible(out),
    [s68, s95, ...['json', 'nii.gz'].map((end) => `sub-1_desc-oinrInternal_T1w.${end}`)].toSorted(),
  );
  const volume = await readVolume(join(out, 'sub-1_desc-oinrInternal_T1w.nii.gz'));
  const [narrow, wide] = [await readVolume(join(out, s68)), await readVolume(join(out, s95))];
  t.true(sameGrid(narrow.grid, volume.grid));
  t.true(narrow.data.every((value, i) => value > 0 && wide.data[i] > value));
  const sidecar = JSON.parse(readFileSync(join(out, 'sub-1_desc-oinrInternal_T1w.json'), 'utf8'));
  t.deepEqual(sidecar.ErrorMaps.Files, [s68, s95]);
  // In the unit of the scan: of the size of the predicted error, which is on another scale.
  const size = Math.sqrt(sidecar.PredictedErrors['oinr-internal']) * sidecar.IntensityScale.Value;
  const middle = narrow.data.toSorted()[Math.floor(narrow.data.length / 2)] / size;
  t.true(middle > 0.1 && middle < 2, `${middle}`);
  t.is((await run([...words, '--method', 'linear'])).code, 0);
  const plain = JSON.parse(readFileSync(join(out, 'sub-1_desc-linear_T1w.json'), 'utf8'));
  t.false('ErrorMaps' in plain);
  t.regex(plain.Remarks.join(' '), /No error maps were written, since no error was predicted/);
});

test('the sidecar carries what that of the scan says of scanner and sequence, and nothing of slices or persons', async (t) => {
  const folder = temporaryFolder();
  await writeVolume(join(folder, 'scan.nii.gz'), lowResolution(false));
  const source = {
    MagneticFieldStrength: 3,
    EchoTime: 0.00253,
    OwnNote: { of: ['the', 'site'] },
    SkullStripped: true,
    SliceThickness: 6,
    SpacingBetweenSlices: 6,
    ImageType: ['ORIGINAL', 'PRIMARY'],
    PatientName: 'DOE^JANE',
    AcquisitionDateTime: '2026-01-02T03:04:05',
    SeriesInstanceUID: '1.2.3',
    Method: 'of another program',
    RepetitionTime: 2.3,
  };
  writeFileSync(join(folder, 'scan.json'), JSON.stringify(source));
  const out = join(folder, 'out');
  const words = [join(folder, 'scan.nii.gz'), '--out', out, '--profile', 'thin', '--method', 'linear'];
  t.is((await run(words)).code, 0);
  const read = () => JSON.parse(readFileSync(join(out, 'scan_desc-linear.json'), 'utf8'));
  const { MagneticFieldStrength, EchoTime, OwnNote, RepetitionTime, SkullStripped } = source;
  t.like(read(), {
    MagneticFieldStrength,
    EchoTime,
    OwnNote,
    RepetitionTime,
    SkullStripped,
    Method: 'linear',
  });
  for (const name of [
    'SliceThickness',
    'SpacingBetweenSlices',
    'ImageType',
    'PatientName',
    'SeriesInstanceUID',
  ])
    t.false(name in read(), name);
  t.false('AcquisitionDateTime' in read());
  const [generator] = read().GeneratedBy;
  t.is(generator.Name, 'oinr');
  t.regex(generator.Version, /^\d+\.\d+\.\d+/);
  // Of this small head, without a word of the sidecar: its foreground is smaller than 2.2 litres. A changed field is taken over.
  writeFileSync(join(folder, 'scan.json'), JSON.stringify({ EchoTime: 0.004 }));
  t.is((await run(words)).code, 0);
  t.like(read(), { EchoTime: 0.004, SkullStripped: true });
  t.false('OwnNote' in read());
});

test('slices that differ by turns are said; on request they are divided out, and the sidecar has the factors', async (t) => {
  const folder = temporaryFolder();
  const axial = [24, 26, 16] as const;
  // Tissue that fills most of each slice, with a bright core; even slices are 8 % brighter than odd ones.
  const striped: Volume = {
    grid: { shape: axial, affine: [1.5, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 6, 0, 0, 0, 0, 1] },
    data: Float32Array.from({ length: 24 * 26 * 16 }, (_, i) => {
      const [x, y, z] = [i % 24, Math.floor(i / 24) % 26, Math.floor(i / (24 * 26))];
      const radius = Math.hypot((x - 12) / 12, (y - 13) / 13, (z - 8) / 16);
      const tissue = radius < 0.5 ? 1000 : radius < 0.9 ? 700 : 0;
      return tissue * (z % 2 === 0 ? 1.08 : 1) * (1 + 0.002 * x - 0.001 * z);
    }),
  };
  await writeVolume(join(folder, 'scan.nii.gz'), striped);
  const words = (out: string) => [
    join(folder, 'scan.nii.gz'),
    '--out',
    join(folder, out),
    '--profile',
    'thin',
    '--method',
    'linear',
  ];
  const said = await run(words('said'));
  t.is(said.code, 0, said.error);
  const before = JSON.parse(readFileSync(join(folder, 'said/scan_desc-linear.json'), 'utf8'));
  t.regex(
    before.Remarks.join(' '),
    /Slices 0, 2, 4, \.\.\. are (7\.9|8\.0|8\.1) % brighter.*--slice-intensity correct/,
  );
  t.false('SliceIntensityFactors' in before);
  const kept = keepEvery({ length: 61, every: 4 });
  const asMeasured = await readVolume(join(folder, 'said/scan_desc-linear.nii.gz'));
  t.deepEqual([...dropSlices(asMeasured, 2, kept).data], [...striped.data]);

  const corrected = await run([...words('even'), '--slice-intensity', 'correct']);
  t.is(corrected.code, 0, corrected.error);
  const sidecar = JSON.parse(readFileSync(join(folder, 'even/scan_desc-linear.json'), 'utf8'));
  const factors: number[] = sidecar.SliceIntensityFactors;
  t.is(factors.length, 16);
  t.true(Math.abs(factors[4] / factors[5] / 1.08 - 1) < 0.01);
  t.regex(sidecar.Description, /divided by SliceIntensityFactors/);
  const even = await readVolume(join(folder, 'even/scan_desc-linear.nii.gz'));
  const at = 12 + 24 * (13 + 26 * (4 * 6));
  t.true(Math.abs((even.data[at] * factors[6]) / asMeasured.data[at] - 1) < 1e-4);
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
  // Seven slices of 6 mm, and half a finer slice more at each end: 7 x 6 + 1.5 mm.
  const whole = await readVolume(`${path('a')}.nii.gz`);
  t.deepEqual([...whole.grid.shape], [22, 24, 29]);
  t.deepEqual(
    sidecar('a').KeptSlices,
    kept.map((slice) => slice + 2),
  );
  t.is(sidecar('a').SlicesBeyond.AtEachEnd, 2);
  const volume = crop(whole, { start: [0, 0, 2], shape });
  t.true(sameGrid(volume.grid, full.grid));
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
  t.deepEqual(of({ SliceThickness: 12 }, {}).remarks, []);
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

test('a thickness that does not fit the distance, or is said of another axis, is taken as unknown with both numbers', (t) => {
  const grid: Grid = { shape: [40, 30, 12], affine: [1, 0, 0, 0, 0, 3, 0, 0, 0, 0, 6, 0, 0, 0, 0, 1] };
  const of = (fields: object, options: object = {}) => describeAcquisition(grid, fields, options);
  const unknown = (fields: object, remark: RegExp, options: object = {}): void => {
    const { profileFrom, thickness, gap, remarks } = of(fields, options);
    t.deepEqual([profileFrom, thickness], ['assumed', gap], JSON.stringify(fields));
    t.regex(remarks.join(' '), remark);
    t.regex(remarks.join(' '), /--profile thin if/);
  };
  for (const SliceThickness of [8000, 12.5, 0, -6, 0.006, Number.POSITIVE_INFINITY])
    unknown(
      { SliceThickness },
      new RegExp(`SliceThickness is ${SliceThickness} mm, which does not fit slices that are 6 mm apart`),
    );
  // Sagittal slices of 1 mm, kept in the sidecar of what was resampled to axial ones.
  const sagittal = /said of sagittal slices \(1 mm apart\), not of the axial ones \(6 mm apart\)/;
  unknown({ SliceThickness: 1, SpacingBetweenSlices: 1 }, sagittal);
  unknown({ SliceThickness: 2, SpacingBetweenSlices: 1 }, sagittal);
  unknown({ SliceThickness: 1 }, sagittal);
  unknown({ SliceThickness: 6, SliceEncodingDirection: 'i-' }, sagittal);
  unknown({ SliceThickness: 5 }, /said of axial slices \(6 mm apart\), not of the coronal ones/, {
    axis: 'coronal',
    spacing: 1,
  });
  for (const fields of [
    { SliceThickness: 5 },
    { SliceThickness: 1, SpacingBetweenSlices: 6 },
    { SliceThickness: 3, SliceEncodingDirection: 'k' },
  ])
    t.like(of(fields), { profileFrom: 'sidecar' }, JSON.stringify(fields));
  t.like(of({ SliceThickness: 3, SliceEncodingDirection: 'j' }, { axis: 'coronal', spacing: 1 }), {
    thickness: 3,
  });
  // What is said on the command line counts, but no slice is thicker than the scan.
  t.deepEqual(of({ SliceThickness: 8000 }, { sliceThickness: 4 }).remarks, []);
  t.throws(() => of({}, { sliceThickness: 73 }), {
    message: /--slice-thickness 73 mm is more than the whole scan/,
  });
});

test('labels and phase are told from scans, by name, sidecar or values', (t) => {
  const grid = full.grid;
  const of = (value: (index: number) => number): Volume => ({
    grid,
    data: Float32Array.from(full.data, (_, index) => value(index)),
  });
  const kind = (volume: Volume, stem = 'scan', ImageType?: string[]) =>
    otherKind(volume, stem, { ImageType });
  t.is(kind(full), undefined);
  t.is(kind(of((index) => Math.round(full.data[index] ?? 0))), undefined);
  // Eight bits, as converters of old wrote them, noise in the background.
  t.is(kind(of((index) => Math.round((full.data[index] ?? 0) / 4) + ((index * 7919) % 5))), undefined);
  t.regex(kind(of((index) => (full.data[index] ? 1 : 0))) ?? '', /label map \(2 different numbers\)/);
  // A parcellation of blocks with numbers of its own kind.
  t.regex(
    kind(of((index) => (full.data[index] ? 1000 + (Math.floor(index / 7) % 90) : 0))) ?? '',
    /looks like a label map/,
  );
  // The same with its thick slices along the first stored axis, where neighbours are other regions.
  const sagittal = (value: (i: number, j: number) => number): Volume => ({
    grid: { shape: [6, 40, 40], affine: [8, 0, 0, -24, 0, 1, 0, -20, 0, 0, 1, -20, 0, 0, 0, 1] },
    data: Float32Array.from({ length: 6 * 40 * 40 }, (_, n) => value(n % 6, Math.floor(n / 6) % 40)),
  });
  const parcels = sagittal((i, j) => (j > 4 ? 100 + 20 * i + Math.floor(j / 5) : 0));
  t.regex(kind(parcels) ?? '', /looks like a label map/);
  const even = (low: number, high: number) =>
    of((index) => low + ((high - low) * ((index * 7919) % 13001)) / 13000);
  for (const [low, high] of [
    [-Math.PI, Math.PI],
    [0, 4095],
    [-4096, 4095],
    [-3142, 3142],
    [0, 360],
  ] as const)
    t.regex(kind(even(low, high)) ?? '', /looks like a phase image/);
  t.is(kind(even(0, 1000)), undefined);
  // Masked: 0 around the head.
  const around = even(-Math.PI, Math.PI).data;
  t.regex(kind(of((index) => (full.data[index] ? (around[index] ?? 0) : 0))) ?? '', /phase image/);
  // Classes that a slope has made fractions of.
  t.regex(kind(of((index) => Math.ceil((full.data[index] ?? 0) / 300) / 10)) ?? '', /label map/);
  t.regex(kind(full, 'sub-1_part-phase_T1w') ?? '', /by its name/);
  t.is(kind(full, 'sub-1_part-mag_T1w', ['ORIGINAL', 'PRIMARY', 'M', 'ND']), undefined);
  t.regex(kind(full, 'scan', ['ORIGINAL', 'PRIMARY', 'P', 'ND']) ?? '', /by its sidecar/);
  // Simulation and preparation take it, and say so.
  t.deepEqual(kindRemarks('a/sub-1_T1w.nii.gz', full), []);
  t.regex(
    kindRemarks('a/sub-1_part-phase_T1w.nii.gz', full).join(),
    /part-phase\); it was taken all the same/,
  );
});

test('units, unknown orientation, inherited thickness and values below zero through the command', async (t) => {
  const root = temporaryFolder();
  const thick = lowResolution(true);
  const write = async (path: string, volume: Volume, change: (header: DataView) => void): Promise<void> => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const bytes = Uint8Array.from(await encodeNifti(volume, 'x.nii'));
    change(new DataView(bytes.buffer));
    writeFileSync(join(root, path), bytes);
  };
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "tiny", "BIDSVersion": "1.9.0"}');
  writeFileSync(join(root, 'T1w.json'), '{"SliceThickness": 5}');
  await write('sub-01/anat/sub-01_T1w.nii', thick, (header) => {
    header.setUint8(123, 3);
    for (let n = 0; n < 12; n += 1)
      header.setFloat32(280 + 4 * n, 1000 * header.getFloat32(280 + 4 * n, true), true);
  });
  await write('sub-02/anat/sub-02_T1w.nii', thick, (header) => {
    header.setInt16(252, 0, true);
    header.setInt16(254, 0, true);
  });
  await write(
    'sub-03/anat/sub-03_T1w.nii',
    { ...thick, data: thick.data.map((v) => v - 5000) },
    () => undefined,
  );
  await write(
    'sub-04/anat/sub-04_T1w.nii',
    { ...thick, data: thick.data.map((v) => (v > 300 ? 1 : 0)) },
    () => undefined,
  );
  const out = join(root, 'out');
  const words = [root, '--out', out, '--method', 'linear', '--jobs', '1'];
  const { code, error, out: told } = await run(words);
  t.is(code, 1);
  t.regex(error, /sub-04_T1w failed: .*sub-04_T1w\.nii looks like a label map .* --any-image imputes it/);
  t.regex(told, /^Imputing 4 scans by linear, 1 at once\.$/m);
  const of = async (id: string) => {
    const path = join(out, `sub-${id}/anat/sub-${id}_desc-linear_T1w`);
    const sidecar = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
    return { ...(await readHeader(`${path}.nii.gz`)), sidecar, remarked: sidecar.Remarks.join(' ') };
  };
  const [microns, unknown, dark] = [await of('01'), await of('02'), await of('03')];
  t.true(sameGrid(microns.grid, dark.grid));
  t.regex(microns.remarked, /in micrometres .* brought to millimetres/);
  t.is(microns.sidecar.SliceProfile.ThicknessMillimetres, 5);
  t.deepEqual([unknown.sformCode, unknown.qformCode, unknown.affineFrom], [0, 0, 'pixdim']);
  t.regex(unknown.remarked, /left and right are not known/);
  t.regex(told, /left and right are not known/);
  t.regex(dark.remarked, /No voxel is above 0/);
  t.is((await run([...words, '--participant-label', '04', '--any-image'])).code, 0);
  t.regex((await of('04')).remarked, /looks like a label map.*imputed all the same/);
  // One file of the data set inherits like the whole.
  await run([join(root, 'sub-03/anat/sub-03_T1w.nii'), '--out', join(root, 'single'), '--method', 'linear']);
  const single = JSON.parse(readFileSync(join(root, 'single/sub-03_desc-linear_T1w.json'), 'utf8'));
  t.like(single.SliceProfile, { ThicknessMillimetres: 5, KnownFrom: 'sidecar' });
});
