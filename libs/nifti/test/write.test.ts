import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InputError } from '@oinr/errors';
import {
  affineFromQuaternion,
  type Grid,
  identityAffine,
  multiplyAffines,
  sameGrid,
  type Volume,
} from '@oinr/volume';
import test from 'ava';
import fc from 'fast-check';
import type { Intent } from '../src/encode.ts';
import {
  decodeNifti,
  encodeNifti,
  NiftiError,
  readHeader,
  readImage,
  readVolume,
  writeVolume,
} from '../src/index.ts';
import { folder } from './fixtures.ts';

const unit = fc.double({ min: -1, max: 1, noNaN: true });
const anyGrid: fc.Arbitrary<Grid> = fc
  .record({
    vector: fc.tuple(unit, unit, unit, unit).filter((q) => Math.hypot(...q) > 0.1),
    qfac: fc.constantFrom(1 as const, -1 as const),
    shear: fc.constantFrom(0, 0.2),
  })
  .map(({ vector, qfac, shear }) => {
    const length = Math.hypot(...vector);
    const [b, c, d] = vector.slice(1).map((value) => value / length);
    const rigid = affineFromQuaternion({ b, c, d, qfac, sizes: [0.868, 1, 2.5], offset: [-90, 126.5, -72] });
    return {
      shape: [2, 3, 4],
      affine: multiplyAffines(rigid, [1, shear, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    };
  });

const grid: Grid = { shape: [2, 3, 4], affine: [-2, 0, 0, 90, 0, 2, 0, -126, 0, 0, 2, -72, 0, 0, 0, 1] };
const volumeOf = (values: (index: number) => number, on = grid): Volume => ({
  grid: on,
  data: Float32Array.from({ length: on.shape[0] * on.shape[1] * on.shape[2] }, (_, index) => values(index)),
});

test('what is written is read back: the very values, and the grid by sform and by qform', async (t) => {
  const root = await folder(t);
  const path = join(root, 'x.nii');
  await fc.assert(
    fc.asyncProperty(anyGrid, fc.array(fc.float(), { minLength: 24, maxLength: 24 }), async (on, values) => {
      const volume = volumeOf((index) => values[index], on);
      await writeVolume(path, volume);
      const back = await readVolume(path);
      t.deepEqual(back.data, volume.data);
      t.true(sameGrid(back.grid, on, 1e-4));
      const bytes = await readFile(path);
      const header = await readHeader(path);
      t.is(header.sformCode, 1);
      if (header.qformCode > 0) {
        // The same file read by a program that looks at the qform only.
        bytes.writeInt16LE(0, 254);
        await writeFile(path, bytes);
        t.is((await readHeader(path)).affineFrom, 'qform');
        t.true(sameGrid((await readVolume(path)).grid, on, 2e-3));
      }
    }),
    { numRuns: 40 },
  );
});

test('a sheared affine has no qform', async (t) => {
  const root = await folder(t);
  const affine = multiplyAffines(grid.affine, [1, 0.1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  await writeVolume(
    join(root, 's.nii'),
    volumeOf((i) => i, { ...grid, affine }),
  );
  t.like(await readHeader(join(root, 's.nii')), { qformCode: 0, sformCode: 1 });
  await writeVolume(
    join(root, 'p.nii'),
    volumeOf((i) => i),
    { space: 'mni' },
  );
  t.like(await readHeader(join(root, 'p.nii')), { qformCode: 4, sformCode: 4 });
});

test('the same volume gives the same bytes, gzipped too, without time and system', async (t) => {
  const volume = volumeOf(Math.sin);
  const first = await encodeNifti(volume, 'x.nii.gz');
  t.deepEqual(await encodeNifti(volume, 'x.nii.gz'), first);
  t.deepEqual([...first.subarray(0, 4)], [0x1f, 0x8b, 8, 0]);
  t.deepEqual([...first.subarray(4, 8)], [0, 0, 0, 0]);
  t.is(first[9], 255);
  t.deepEqual(gunzipSync(first), await encodeNifti(volume, 'x.nii'));
  t.is((await encodeNifti(volume, 'x.nii', { compress: true }))[0], 0x1f);
});

test('integers keep whole numbers as they are, and spread other values over their range', async (t) => {
  const root = await folder(t);
  const path = join(root, 'x.nii');
  await writeVolume(
    path,
    volumeOf((i) => 100 * i),
    { datatype: 'int16' },
  );
  const whole = await readImage(path);
  t.deepEqual([whole.slope, whole.intercept, whole.header.datatype.name], [1, 0, 'int16']);
  t.deepEqual([...whole.stored], [...volumeOf((i) => 100 * i).data]);
  for (const datatype of [
    'uint8',
    'int8',
    'uint16',
    'int16',
    'uint32',
    'int32',
    'uint64',
    'int64',
  ] as const) {
    const volume = volumeOf((i) => 0.1 * i - 0.7);
    await writeVolume(path, volume, { datatype });
    const back = await readVolume(path);
    const step = datatype.endsWith('int8') ? 2.3 / 255 : 2.3 / 65535;
    back.data.forEach((value, index) => {
      t.true(Math.abs(value - volume.data[index]) <= 0.51 * step + 1e-6, `${datatype} ${index}`);
    });
  }
  await writeVolume(
    path,
    volumeOf(() => 0.3),
    { datatype: 'uint8' },
  );
  t.is((await readVolume(path)).data[5], Math.fround(0.3));
});

test("the source's scaling can be kept; what does not fit is refused, not clipped", async (t) => {
  const path = join(await folder(t), 'x.nii');
  const options = { datatype: 'int16', slope: 0.5, intercept: -10 } as const;
  await writeVolume(
    path,
    volumeOf((i) => 0.5 * i),
    options,
  );
  const image = await readImage(path);
  t.deepEqual([image.slope, image.intercept, Number(image.stored[3])], [0.5, -10, 23]);
  for (const [value, message] of [
    [1e6, /values from 0 to 1000000 do not fit/],
    [NaN, /holds NaN, which integers cannot say/],
  ] as const) {
    await t.throwsAsync(
      writeVolume(
        path,
        volumeOf((i) => (i === 5 ? value : 0)),
        options,
      ),
      {
        instanceOf: NiftiError,
        message,
      },
    );
  }
  await t.throwsAsync(
    writeVolume(
      path,
      volumeOf((i) => i),
      { ...options, slope: 0 },
    ),
    { instanceOf: NiftiError },
  );
});

test('a dimension above 32767 makes a NIfTI-2 file', async (t) => {
  const path = join(await folder(t), 'long.nii.gz');
  const long = volumeOf((i) => i, { shape: [1, 40000, 2], affine: grid.affine });
  await writeVolume(path, long);
  const header = await readHeader(path);
  t.is(header.version, 2);
  t.deepEqual(header.dimensions, [1, 40000, 2]);
  const back = await readVolume(path);
  t.deepEqual(back.data, long.data);
  t.deepEqual(back.grid.affine, grid.affine);
});

test('a long description stays in its field', async (t) => {
  const root = await folder(t);
  const path = join(root, 'd.nii');
  await writeVolume(
    path,
    volumeOf((i) => i),
    { description: 'ü'.repeat(200) },
  );
  const bytes = await readFile(path);
  t.is(bytes.subarray(148, 228).toString('utf8'), `${'ü'.repeat(39)}\0\0`);
  t.true(bytes.subarray(228, 252).every((byte) => byte === 0));
});

test('a write that fails leaves no file behind, and the old one alone', async (t) => {
  const root = await folder(t);
  const path = join(root, 'x.nii');
  await writeFile(path, 'old');
  await t.throwsAsync(writeVolume(path, { grid, data: new Float32Array(3) }), { instanceOf: InputError });
  await t.throwsAsync(
    writeVolume(
      path,
      volumeOf((i) => i, { ...grid, affine: new Array(16).fill(0) }),
    ),
    {
      instanceOf: NiftiError,
      message: /cannot place voxels/,
    },
  );
  t.is(await readFile(path, 'utf8'), 'old');
  await mkdir(join(root, 'dir.nii'));
  await t.throwsAsync(
    writeVolume(
      join(root, 'dir.nii'),
      volumeOf((i) => i),
    ),
    {
      instanceOf: NiftiError,
      message: /dir\.nii could not be written: /,
    },
  );
  await t.throwsAsync(
    writeVolume(
      join(path, 'below.nii'),
      volumeOf((i) => i),
    ),
    {
      instanceOf: NiftiError,
      message: /could not be written/,
    },
  );
  await t.throwsAsync(
    writeVolume(
      join(root, 'x.img'),
      volumeOf((i) => i),
    ),
    { instanceOf: NiftiError, message: /\.nii/ },
  );
  t.deepEqual((await readdir(root)).sort(), ['dir.nii', 'x.nii']);
});

test('every space comes back, an unknown one with both codes 0 and voxels where pixdim has them', async (t) => {
  const shape = [4, 5, 6] as const;
  // As a reader places voxels whose header names no form: centred, the first axis to the left.
  const affine = [-2, 0, 0, 3, 0, 3, 0, -6, 0, 0, 4, -10, 0, 0, 0, 1];
  const volume = { grid: { shape, affine }, data: new Float32Array(120).fill(1) };
  for (const space of ['unknown', 'scanner', 'aligned', 'talairach', 'mni', 'template'] as const) {
    const { header } = await decodeNifti(await encodeNifti(volume, 'x.nii', { space }), 'x.nii');
    t.is(header.space, space);
    t.deepEqual(header.grid.affine, affine);
    t.deepEqual(header.remarks.length, space === 'unknown' ? 1 : 0);
    t.is(header.sformCode + header.qformCode === 0, space === 'unknown');
  }
});

test('the intent of a map stands in its header', async (t) => {
  const volume = { grid: { shape: [2, 2, 2] as const, affine: identityAffine }, data: new Float32Array(8) };
  const view = async (intent: Intent): Promise<DataView> => {
    const bytes = Uint8Array.from(await encodeNifti(volume, 'x.nii', { intent }));
    return new DataView(bytes.buffer);
  };
  const t11 = await view({ kind: 't', degreesOfFreedom: 11 });
  t.deepEqual([t11.getInt16(68, true), t11.getFloat32(56, true)], [3, 11]);
  t.is((await view({ kind: 'p' })).getInt16(68, true), 22);
  t.is((await view({ kind: 'log10p' })).getInt16(68, true), 24);
});
