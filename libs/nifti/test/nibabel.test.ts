import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orientationCodes, reorientToRas, type Volume } from '@oinr/volume';
import test, { type ExecutionContext } from 'ava';
import { NiftiError, readImage, readVolume, writeVolume } from '../src/index.ts';
import { folder, header, plainFile, plainSform, twelve, voxels } from './fixtures.ts';

const shared = process.env.OINR_SHARED ?? join(import.meta.dirname, '../../../../shared');
const fixtures = join(shared, 'data/nifti-fixtures');
const study = join(shared, 'data/ds002748');
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import nibabel'], { stdio: 'ignore' }).status === 0,
);

function testWhen(reasons: readonly (string | false)[]): typeof test | typeof test.skip {
  const reason = reasons.find((one) => one !== false);
  if (reason !== undefined) console.log(`Skipped: ${reason}`);
  return reason === undefined ? test : test.skip;
}
const noNibabel = python === undefined && 'there is no python3 with nibabel.';
const nibabelTest = testWhen([noNibabel]);
const fixtureTest = testWhen([noNibabel, !existsSync(fixtures) && `${fixtures} is not there.`]);
const reorientTest = testWhen([!existsSync(fixtures) && `${fixtures} is not there.`]);
const studyTest = testWhen([noNibabel, !existsSync(study) && `${study} is not there.`]);

/** Writes, for each image, its scaled float64 voxels (x fastest) and prints shape, affine and codes, or the error. */
const script = `
import sys, json, numpy, nibabel
out, report = sys.argv[1], {}
for number, path in enumerate(sys.argv[2:]):
    try:
        image = nibabel.load(path)
        image.get_fdata().astype('<f8').ravel(order='F').tofile(f'{out}/{number}.f64')
        report[path] = dict(shape=image.shape, affine=image.affine.ravel().tolist(), codes=''.join(nibabel.aff2axcodes(image.affine)))
    except Exception as error:
        report[path] = dict(error=str(error))
print(json.dumps(report))
`;

type Report = Record<string, { shape: number[]; affine: number[]; codes: string } | { error: string }>;

/** Compares every file with nibabel, voxel by voxel and affine by affine; returns the files that both refuse. */
async function compare(t: ExecutionContext, paths: readonly string[]): Promise<string[]> {
  const out = await folder(t);
  const report = JSON.parse(
    execFileSync(python ?? 'python3', ['-c', script, out, ...paths], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as Report;
  const refused: string[] = [];
  for (const [number, path] of paths.entries()) {
    const theirs = report[path];
    if ('error' in theirs) {
      await t.throwsAsync(readImage(path), { instanceOf: NiftiError }, path);
      refused.push(path);
      continue;
    }
    const ours = await readImage(path);
    t.deepEqual(ours.header.dimensions, theirs.shape, path);
    t.is(orientationCodes(ours.grid.affine), theirs.codes, path);
    theirs.affine.forEach((value, index) => {
      t.true(Math.abs(ours.grid.affine[index] - value) <= 1e-5, `${path}: affine ${index}`);
    });
    const bytes = await readFile(join(out, `${number}.f64`));
    const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
    t.is(ours.stored.length, values.length, path);
    let largest = 0;
    for (let index = 0; index < values.length; index++) {
      const value = ours.slope * Number(ours.stored[index]) + ours.intercept;
      const difference = Object.is(value, values[index]) ? 0 : Math.abs(value - values[index]);
      largest = Math.max(largest, difference / (1 + Math.abs(values[index])));
    }
    t.true(largest <= 1e-12, `${path}: relative difference ${largest}`);
  }
  return refused;
}

fixtureTest('every fixture agrees with nibabel or is refused with a sentence', async (t) => {
  const refused = await compare(
    t,
    readdirSync(fixtures).map((name) => join(fixtures, name)),
  );
  t.deepEqual(
    refused.map((path) => path.slice(fixtures.length + 1)),
    ['nifti1.hdr', 'not-nifti.nii'],
  );
});

const digest = ({ grid, data }: Volume) => ({ shape: grid.shape, affine: grid.affine, data });

reorientTest('one head in six axis orders is the same after reorientation', async (t) => {
  const orders = ['RAS', 'IPL', 'LAS', 'LPS', 'PSR', 'SAR'];
  const [ras, ...others] = await Promise.all(
    orders.map(async (order) =>
      digest(reorientToRas(await readVolume(join(fixtures, `space-${order}.nii.gz`)))),
    ),
  );
  for (const [index, other] of others.entries()) {
    t.deepEqual(other.shape, ras.shape);
    t.deepEqual(other.data, ras.data, orders[index + 1]);
    other.affine.forEach((value, entry) => {
      t.true(Math.abs(value - ras.affine[entry]) < 1e-4);
    });
  }
});

reorientTest('big-endian and little-endian twins agree', async (t) => {
  const [big, little] = await Promise.all(
    ['big', 'little'].map((name) => readVolume(join(fixtures, `${name}.nii.gz`))),
  );
  t.deepEqual(big, little);
});

/** A scan of the study. sub-40: sform code 0. sub-21, sub-56: sform and qform differ. sub-03, sub-34: tilted. */
const odd = ['sub-40', 'sub-21', 'sub-56', 'sub-03', 'sub-34'].map((id) =>
  join(study, id, 'anat', `${id}_T1w.nii.gz`),
);

studyTest('the odd scans of ds002748 agree with nibabel', async (t) => {
  t.deepEqual(await compare(t, odd), []);
  const [s40, s21, s56] = await Promise.all(odd.slice(0, 3).map(readImage));
  t.is(s40.header.affineFrom, 'qform');
  t.is(s21.header.affineFrom, 'sform');
  t.is(s56.header.affineFrom, 'sform');
});

nibabelTest('own files of every geometry agree with nibabel', async (t) => {
  const root = await folder(t);
  const variants = {
    both: { sformCode: 1, qformCode: 2, quaternion: [0, 0, 1], offset: [7, 8, 9] },
    qform: { sformCode: 0, qformCode: 1, quaternion: [0.1, -0.25, 0.4], offset: [7, 8, 9] },
    mirrored: {
      sformCode: 0,
      qformCode: 1,
      quaternion: [0.1, -0.25, 0.4],
      pixdim: [-1, 2, 3, 4, 1, 1, 1, 1],
    },
    nothing: { sformCode: 0, qformCode: 0 },
    tilted: { sform: [...plainSform.slice(0, 4), 0.3, 3, 0.9, -20, -0.2, -0.9, 4, -30] },
    negative: { sformCode: 0, qformCode: 1, pixdim: [1, -2, 3, 4, 1, 1, 1, 1] },
    scaled: { slope: 0.37, intercept: -12.5 },
    five: { dim: [5, 2, 1, 3, 1, 2, 1, 1] },
  } as const;
  const paths: string[] = [];
  for (const [name, fields] of Object.entries(variants)) {
    for (const version of [1, 2] as const) {
      for (const littleEndian of [true, false]) {
        const path = join(root, `${name}-${version}-${littleEndian ? 'le' : 'be'}.nii`);
        await writeFile(path, plainFile({ ...fields, version, littleEndian }));
        paths.push(path);
      }
    }
  }
  await mkdir(join(root, 'pair'));
  await writeFile(join(root, 'pair/p.hdr'), header({ magic: 'ni1\0', voxOffset: 0 }));
  await writeFile(join(root, 'pair/p.img'), voxels('float32', twelve));
  paths.push(join(root, 'pair/p.hdr'));
  t.deepEqual(await compare(t, paths), []);
});

nibabelTest('what is written here is read alike by nibabel', async (t) => {
  const root = await folder(t);
  const volume = await readVolume(await written(root));
  const paths: string[] = [];
  for (const [name, options] of Object.entries({
    float32: {},
    int16: { datatype: 'int16' },
    uint64: { datatype: 'uint64' },
    float64: { datatype: 'float64' },
  } as const)) {
    const path = join(root, `${name}.nii.gz`);
    await writeVolume(path, volume, options);
    paths.push(path);
  }
  const long = {
    grid: { ...volume.grid, shape: [1, 40000, 1] as const },
    data: new Float32Array(40000).fill(0.5),
  };
  await writeVolume(join(root, 'long.nii.gz'), long);
  t.deepEqual(await compare(t, [...paths, join(root, 'long.nii.gz')]), []);
});

/** A small tilted file to start from. */
async function written(root: string): Promise<string> {
  const path = join(root, 'start.nii');
  await writeFile(
    path,
    plainFile({ sformCode: 0, qformCode: 1, quaternion: [0.1, -0.25, 0.4], slope: 0.1, intercept: 1 }),
  );
  return path;
}
