import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { phantomBaseFolder } from '@oinr/cohort';
import { readVolume, writeVolume } from '@oinr/nifti';
import { applyAffine, type Grid, invertAffine, resample, type Vector3, type Volume } from '@oinr/volume';
import test from 'ava';
import { contextOf, runStage } from '../src/index.ts';
import type { ImputedSidecar } from '../src/scans/page/imputedSidecar.ts';
import { indexPage } from '../src/scans/page/indexPage.ts';
import { seeScan } from '../src/scans/page/shownScan.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { temporaryFolder, tinyHead } from './support/study.ts';

async function impute(...words: string[]) {
  const terminal = recordedTerminal();
  try {
    const code = await runStage('scans', [...words, '--jobs', '1'], contextOf(terminal));
    return { code, said: terminal.text() };
  } catch (error) {
    return { code: -1, said: error instanceof Error ? error.message : String(error) };
  }
}

/** Six axial slices 9 mm apart, the first at the top: z runs against the stored order. */
function fromTheTop(seed = 1): Volume {
  const shape = [18, 25, 6] as const;
  return {
    grid: { shape, affine: [3, 0, 0, -27, 0, 3, 0, -37, 0, 0, -9, 24, 0, 0, 0, 1] },
    data: tinyHead(seed, shape),
  };
}

test('a page beside the volume: pictures, what cannot be recovered, remarks; nothing from outside, no free text of the header', async (t) => {
  const folder = temporaryFolder();
  const scan = join(folder, 'scan.nii.gz');
  await writeVolume(scan, fromTheTop(), { description: 'DOE^JANE 1950-01-01' });
  const out = join(folder, 'out');
  const words = [scan, '--out', out, '--method', 'linear', '--profile', 'thin'];
  const { code, said } = await impute(...words);
  t.is(code, 0, said);
  t.regex(said, /To look at: .*scan_desc-linear_quality\.html/);
  const file = join(out, 'scan_desc-linear_quality.html');
  const page = readFileSync(file, 'utf8');
  t.is(page.match(/src="data:image\/png;base64,/g)?.length, 6, 'three cuts, before and after');
  t.false(/(src|href)="(?!data:|#)/.test(page), 'nothing is fetched');
  t.true(page.includes('For research, not for diagnosis.'));
  t.true(page.includes('nothing that lies wholly between two acquired slices was measured'));
  t.true(page.includes('No errors were predicted'));
  t.false(page.includes('JANE'));
  t.false(page.includes(folder));
  t.is(
    JSON.parse(readFileSync(join(out, 'scan_desc-linear.json'), 'utf8')).IntendedUse,
    'For research, not for diagnosis.',
  );

  // What a page shows is no reason to impute again; a page that is there is not drawn again.
  const before = statSync(file).mtimeMs;
  t.regex((await impute(...words)).said, /there already/);
  t.is(statSync(file).mtimeMs, before);
  const faces = await impute(...words, '--show-faces');
  t.regex(faces.said, /there already/);
  t.regex(faces.said, /do not pass them on/);
  t.true(statSync(file).mtimeMs > before);
});

test('where error maps were written the page shows them, black where slices were measured', async (t) => {
  const folder = temporaryFolder();
  const scan = join(folder, 'scan.nii.gz');
  await writeVolume(scan, fromTheTop());
  const out = join(folder, 'out');
  const words = [scan, '--out', out, '--method', 'oinr-internal', '--profile', 'thin'];
  const { code, said } = await impute(...words, '--error-maps');
  t.is(code, 0, said);
  const stem = join(out, 'scan_desc-oinrInternal');
  const page = readFileSync(`${stem}_quality.html`, 'utf8');
  t.is(page.match(/src="data:image\/png;base64,/g)?.length, 9, 'three cuts: before, after, and how far off');
  t.regex(page, /How far off an imputed voxel may be.*Drawn from <code>scan_desc-oinrInternal_s68\.nii\.gz/s);
  const sidecar: ImputedSidecar = JSON.parse(readFileSync(`${stem}.json`, 'utf8'));
  const files = { scan, imputed: `${stem}.nii.gz`, halfWidth: `${stem}_s68.nii.gz` };
  const { shown } = await seeScan(files, sidecar, false);
  if (shown?.halfWidth === undefined) return t.fail('no map is shown');
  const { grid, data } = shown.halfWidth;
  const area = grid.shape[0] * grid.shape[1];
  for (let z = 0; z < grid.shape[2]; z += 1)
    t.is(
      data.subarray(z * area, (z + 1) * area).every((value) => value === 0),
      shown.acquired.includes(z),
      `slice ${z}`,
    );
  // Without maps the page says nothing of them.
  await impute(...words);
  t.false(readFileSync(`${stem}_quality.html`, 'utf8').includes('How far off'));
});

test('--no-page writes none, and does not go with --show-faces', async (t) => {
  const folder = temporaryFolder();
  const scan = join(folder, 'scan.nii.gz');
  await writeVolume(scan, fromTheTop());
  const out = join(folder, 'out');
  const { code, said } = await impute(scan, '--out', out, '--method', 'nearest', '--no-page');
  t.is(code, 0, said);
  t.false(existsSync(join(out, 'scan_desc-nearest_quality.html')));
  t.regex((await impute(scan, '--out', out, '--no-page', '--show-faces')).said, /give one of them/);
});

test('before is every acquired slice as thick as slices are apart, and the marks lie where they were acquired', async (t) => {
  const folder = temporaryFolder();
  const scan = join(folder, 'scan.nii.gz');
  const thin = fromTheTop();
  await writeVolume(scan, thin);
  const out = join(folder, 'out');
  await impute(scan, '--out', out, '--method', 'linear', '--profile', 'thin', '--no-page');
  const imputed = join(out, 'scan_desc-linear.nii.gz');
  const sidecar: ImputedSidecar = JSON.parse(readFileSync(join(out, 'scan_desc-linear.json'), 'utf8'));
  const { shown, region } = await seeScan({ scan, imputed }, sidecar, false);
  t.is(region, 'brain');
  if (shown === undefined) return t.fail('nothing is shown');
  // 16 slices 3 mm apart; in RAS order the last stored slice is the first one.
  t.deepEqual(
    [...shown.acquired].sort((a, b) => a - b),
    [0, 3, 6, 9, 12, 15],
  );
  const [nx, ny] = shown.before.grid.shape;
  const slice = (volume: Volume, z: number): number[] => [
    ...volume.data.subarray(z * nx * ny, (z + 1) * nx * ny),
  ];
  for (const z of shown.acquired) t.deepEqual(slice(shown.before, z), slice(shown.after, z), `slice ${z}`);
  t.deepEqual(slice(shown.before, 4), slice(shown.before, 3));
  t.deepEqual(slice(shown.before, 5), slice(shown.before, 6));
  t.notDeepEqual(slice(shown.after, 4), slice(shown.after, 3));
});

test('a head whose brain is not found has no pictures unless they are asked for', async (t) => {
  const folder = temporaryFolder();
  const scan = join(folder, 'ball.nii.gz');
  // A hollow ball with a shell of 2.7 litres: larger than any brain, and no brain in it.
  const [nx, ny, nz] = [60, 60, 22];
  const data = Float32Array.from({ length: nx * ny * nz }, (_, index) => {
    const [x, y, z] = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    const distance = Math.hypot(4 * (x - 29.5), 4 * (y - 29.5), 12 * (z - 10.5));
    return distance > 90 && distance < 112 ? 500 + 20 * Math.sin(x + 2 * y + 3 * z) : 0;
  });
  const affine = [4, 0, 0, -118, 0, 4, 0, -118, 0, 0, 12, -126, 0, 0, 0, 1];
  await writeVolume(scan, { grid: { shape: [nx, ny, nz], affine }, data });
  const out = join(folder, 'out');
  const words = [scan, '--out', out, '--method', 'linear', '--profile', 'thin'];
  const { code, said } = await impute(...words);
  t.is(code, 0, said);
  t.regex(said, /1 quality page has no pictures: the brain could not be told from the head/);
  const page = (): string => readFileSync(join(out, 'ball_desc-linear_quality.html'), 'utf8');
  t.false(page().includes('<img'));
  t.true(page().includes('a picture might show the face'));
  await impute(...words, '--show-faces');
  t.true(page().includes('<img'));
  t.true(page().includes('Faces can be recognised in these pictures'));
});

/** The Colin27 brain in a made-up head, 4 mm in plane and 8 mm across: cerebrospinal fluid, a bright scalp, and a nose. */
async function madeUpHead(): Promise<Volume> {
  const brain = await readVolume(join(phantomBaseFolder, 'colin27_brain_1mm.nii.gz'));
  const grid: Grid = {
    shape: [52, 62, 28],
    affine: [4, 0, 0, -104, 0, 4, 0, -136, 0, 0, 8, -110, 0, 0, 0, 1],
  };
  const seen = resample(brain, grid, 'linear');
  const [nx, ny] = grid.shape;
  const data = seen.data.map((value, index) => {
    const [x, y, z] = applyAffine(grid.affine, [
      index % nx,
      Math.floor(index / nx) % ny,
      Math.floor(index / (nx * ny)),
    ]);
    const radius = Math.hypot(x / 84, (y + 18) / 102, (z - 5) / 92);
    const isNose = Math.hypot(x, y - 92, z + 50) < 18;
    if (isNose) return 220;
    if (radius > 1) return 0;
    return radius > 0.93 ? 200 : Math.max(value, 25);
  });
  return { grid, data };
}

test('pictures of a head show its brain and not its face; --show-faces shows both', async (t) => {
  const folder = temporaryFolder();
  const scan = join(folder, 'head.nii.gz');
  await writeVolume(scan, await madeUpHead());
  const out = join(folder, 'out');
  await impute(scan, '--out', out, '--method', 'linear', '--profile', 'thin', '--no-page');
  const imputed = join(out, 'head_desc-linear.nii.gz');
  const sidecar: ImputedSidecar = JSON.parse(readFileSync(join(out, 'head_desc-linear.json'), 'utf8'));
  const bright = async (showFaces: boolean) => {
    const { shown, region } = await seeScan({ scan, imputed }, sidecar, showFaces);
    const at = (point: Vector3): number => {
      if (shown === undefined) return Number.NaN;
      const { grid, data } = shown.after;
      const [x, y, z] = applyAffine(invertAffine(grid.affine), point).map(Math.round);
      const isInside = [x, y, z].every((value, axis) => value >= 0 && value < grid.shape[axis]);
      return isInside ? data[x + grid.shape[0] * (y + grid.shape[1] * z)] : 0;
    };
    return { region, nose: at([0, 92, -54]), scalp: at([80, -16, 2]), brain: at([-30, -20, 20]) };
  };
  const usual = await bright(false);
  t.like(usual, { region: 'brain of a head', nose: 0, scalp: 0 });
  t.true(usual.brain > 50);
  const faces = await bright(true);
  t.is(faces.region, 'whole head');
  t.true(faces.nose > 150 && faces.scalp > 150);
});

test('an index has what is unusual first, failures with their reason, and a link to every page', (t) => {
  const scans = Array.from({ length: 8 }, (_, index) => ({
    name: `sub-0${index}/anat/sub-0${index}_T1w`,
    page: `sub-0${index}/anat/sub-0${index}_desc-auto_T1w_quality.html`,
    row: {
      volume: '',
      what: '30 axial slices 5 mm apart',
      chosen: 'oinr-internal',
      // The sixth is five times as large as the others.
      predicted: { linear: 4e-3, 'oinr-internal': (index === 5 ? 10 : 2 + 0.01 * index) * 1e-3 },
      remarks: ['said of all', ...(index === 3 ? ['Slices 0, 2, 4, ... are 8.1 % brighter'] : [])],
      origin: { path: '', bytes: '' },
    },
  }));
  const page = indexPage({ scans, failed: [{ name: 'sub-09', why: 'is a <label> map' }] });
  const order = [...page.matchAll(/<a href="(sub-0\d)\//g)].map(([, name]) => name);
  t.deepEqual(order, ['sub-05', 'sub-03', 'sub-00', 'sub-01', 'sub-02', 'sub-04', 'sub-06', 'sub-07']);
  t.true(page.includes('2 of 8 scans were flagged'));
  t.true(page.includes('large predicted error (robust z'));
  t.true(page.includes('sub-09: is a &lt;label&gt; map'));
});

test('of a folder: a page for each scan, the index of them, and why one has none', async (t) => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "clinic", "BIDSVersion": "1.9.0"}');
  const place = (id: string): string => join(root, `sub-${id}`, 'anat', `sub-${id}_T1w.nii.gz`);
  await writeVolume(place('01'), fromTheTop(1));
  const constant = fromTheTop(2);
  await writeVolume(place('02'), { ...constant, data: constant.data.map(() => 7) });
  const out = join(root, 'derivatives', 'oinr');
  const { code, said } = await impute(root, '--out', out, '--method', 'linear', '--profile', 'thin');
  t.is(code, 1, said);
  const index = readFileSync(join(out, 'quality.html'), 'utf8');
  const [, link] = /<a href="(sub-01[^"]*)">/.exec(index) ?? [];
  t.true(existsSync(join(out, link ?? 'none')), link);
  t.regex(index, /sub-02\/anat\/sub-02_T1w: .*is constant/);
  t.false(index.includes(root), 'no path of the machine');
});
