import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import {
  type DatatypeName,
  decodeNifti,
  NiftiError,
  readHeader,
  readImage,
  readVolume,
  volumeOf,
} from '../src/index.ts';
import { codes, folder, header, plainFile, plainSform, twelve, voxels } from './fixtures.ts';

const volume = async (bytes: Uint8Array) => volumeOf(await decodeNifti(bytes, 'x.nii'), 'x.nii');
const refused = (message: RegExp) => ({ instanceOf: NiftiError, message });

test('every datatype, version and byte order gives its values', async (t) => {
  const values: Readonly<Record<DatatypeName, readonly number[]>> = {
    uint8: [0, 255],
    int8: [-128, 127],
    uint16: [1, 65535],
    int16: [-32768, 258],
    uint32: [1, 4294967295],
    int32: [-2147483648, 66051],
    uint64: [1, 2 ** 60],
    int64: [-(2 ** 60), 2 ** 56 + 2 ** 16],
    float32: [-1.5, 2 ** 127],
    float64: [Math.PI, -1e30],
  };
  for (const type of Object.keys(codes) as DatatypeName[]) {
    for (const version of [1, 2] as const) {
      for (const littleEndian of [true, false]) {
        const bytes = Buffer.concat([
          header({ version, littleEndian, datatype: codes[type][0], dim: [3, 1, 2, 1, 1, 1, 1, 1] }),
          voxels(type, values[type], littleEndian),
        ]);
        for (const file of [bytes, gzipSync(bytes)]) {
          const image = await decodeNifti(file, 'x.nii');
          t.is(image.header.datatype.name, type);
          t.deepEqual(Array.from(image.stored, Number), values[type], `${type} ${version} ${littleEndian}`);
          t.deepEqual([...volumeOf(image, 'x').data], values[type].map(Math.fround));
          t.deepEqual(image.grid, { shape: [1, 2, 1], affine: [...plainSform, 0, 0, 0, 1] });
        }
      }
    }
  }
});

test('what is not a real number is refused by name', async (t) => {
  for (const [datatype, words] of [
    [32, /complex/],
    [1792, /complex/],
    [2048, /complex/],
    [128, /RGB/],
    [2304, /RGBA/],
    [1536, /128-bit/],
    [1, /one-bit/],
    [0, /no datatype/],
    [17, /unknown datatype \(code 17\)/],
  ] as const) {
    await t.throwsAsync(decodeNifti(plainFile({ datatype }), 'x.nii'), refused(words));
  }
});

test('slope and intercept: applied in float64, none for a slope of 0 or NaN', async (t) => {
  const scaled = async (slope: number, intercept: number, version: 1 | 2 = 1) =>
    (await volume(plainFile({ slope, intercept, version }))).data[2];
  t.is(await scaled(2, -1), 5);
  t.is(await scaled(0, 7), 3);
  t.is(await scaled(NaN, 7), 3);
  t.is(await scaled(Infinity, 7), 3);
  t.is(await scaled(-0.5, 0), -1.5);
  t.is(await scaled(0.1, 0.2, 2), Math.fround(0.1 * 3 + 0.2));
  // In float32 16777216 + 1 is 16777216; the sum 16777218 needs float64 before rounding.
  const large = Buffer.concat([
    header({ datatype: 8, dim: [3, 1, 1, 1, 1, 1, 1, 1], slope: 1, intercept: 1 }),
    voxels('int32', [16777217]),
  ]);
  t.is((await volume(large)).data[0], 16777218);
  await t.throwsAsync(scaled(1, NaN), refused(/intercept NaN/));
});

test('values that float32 cannot hold are refused, NaN in the file stays', async (t) => {
  const file = (values: number[]) =>
    Buffer.concat([header({ datatype: 64, dim: [1, 2, 1, 1, 1, 1, 1, 1] }), voxels('float64', values)]);
  await t.throwsAsync(volume(file([1, 1e39])), refused(/1e\+39 \(voxel 1\).*too large/));
  t.deepEqual([...(await volume(file([NaN, -Infinity]))).data], [NaN, -Infinity]);
});

test('the sform wins when its code is above 0, whatever the code of the qform', async (t) => {
  const both = { sformCode: 1, qformCode: 2, quaternion: [0, 0, 1], offset: [7, 8, 9] } as const;
  const image = await decodeNifti(plainFile(both), 'x.nii');
  t.is(image.header.affineFrom, 'sform');
  t.deepEqual(image.grid.affine, [...plainSform, 0, 0, 0, 1]);
  // As in ds002748 sub-21 and sub-56: the two differ by 18 mm, and only the rule tells which counts.
  const near = await decodeNifti(plainFile({ sformCode: 2, qformCode: 1, offset: [-28, -20, -30] }), 'x.nii');
  t.is(near.grid.affine[3], -10);
});

test('the qform counts when the sform has code 0, even if its rows are filled', async (t) => {
  // As in ds002748 sub-40.
  const image = await decodeNifti(
    plainFile({ sformCode: 0, qformCode: 1, quaternion: [0, 0, 1], offset: [7, 8, 9] }),
    'x.nii',
  );
  t.is(image.header.affineFrom, 'qform');
  t.deepEqual(
    image.grid.affine.map((value) => value + 0),
    [-2, 0, 0, 7, 0, -3, 0, 8, 0, 0, 4, 9, 0, 0, 0, 1],
  );
});

test('a tilted qform, mirrored by qfac, agrees with nibabel', async (t) => {
  const form = { sformCode: 0, qformCode: 1, quaternion: [0.1, -0.25, 0.4], offset: [7, 8, 9] } as const;
  const image = await decodeNifti(plainFile({ ...form, pixdim: [-1, 2, 3, 4, 1, 1, 1, 1] }), 'x.nii');
  // nibabel 5.0.0: Nifti1Image.affine of the same header.
  const nibabel = [
    1.10999998, -2.25256988, 1.43214153, 7.0, 1.30171325, 1.97999997, 1.50085664, 8.0, 1.03607078,
    -0.07435754, -3.42, 9.0,
  ];
  nibabel.forEach((value, index) => {
    t.true(Math.abs(image.grid.affine[index] - value) < 1e-6, `${index}`);
  });
});

test('a quaternion that rounding made slightly too long is a rotation, not NaN', async (t) => {
  const long = Math.fround(Math.sqrt(0.5)) + 2e-7;
  const image = await decodeNifti(
    plainFile({ sformCode: 0, qformCode: 1, quaternion: [long, long, 0] }),
    'x.nii',
  );
  [0, 3, 0, 0, 2, 0, 0, 0, 0, 0, -4, 0].forEach((value, index) => {
    t.true(Math.abs(image.grid.affine[index] - value) < 1e-5);
  });
  await t.throwsAsync(
    decodeNifti(plainFile({ sformCode: 0, qformCode: 1, quaternion: [0.9, 0.9, 0.9] }), 'x.nii'),
    refused(/damaged qform/),
  );
});

test('without forms the voxel sizes count, centred, first axis to the left, as in nibabel', async (t) => {
  const image = await decodeNifti(plainFile({ sformCode: 0, qformCode: 0 }), 'x.nii');
  t.is(image.header.affineFrom, 'pixdim');
  t.deepEqual(image.grid.affine, [-2, 0, 0, 1, 0, 3, 0, -3, 0, 0, 4, -2, 0, 0, 0, 1]);
});

test('a form that cannot place voxels is refused, no other is taken in its stead', async (t) => {
  for (const sform of [
    new Array<number>(12).fill(0),
    [...plainSform.slice(0, 11), NaN],
    [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0],
  ]) {
    await t.throwsAsync(
      decodeNifti(plainFile({ sformCode: 1, qformCode: 1, sform }), 'x.nii'),
      refused(/a sform that cannot place its voxels/),
    );
  }
  for (const pixdim of [
    [1, 0, 3, 4],
    [1, NaN, 3, 4],
    [1, Infinity, 3, 4],
  ]) {
    await t.throwsAsync(
      decodeNifti(plainFile({ sformCode: 0, qformCode: 1, pixdim }), 'x.nii'),
      refused(/voxel size of \w+ mm along axis 0/),
    );
  }
});

test('dimensions of size 1 at the end are fine, more than one volume is refused before voxels are read', async (t) => {
  const image = await decodeNifti(plainFile({ dim: [5, 2, 3, 2, 1, 1, 1, 1] }), 'x.nii');
  t.deepEqual(image.header.dimensions, [2, 3, 2, 1, 1]);
  t.deepEqual([...volumeOf(image, 'x').data], twelve);
  const path = join(await folder(t), 'four.nii');
  // The voxels are missing: only the number of volumes is complained about.
  await writeFile(path, header({ dim: [4, 2, 3, 2, 5, 1, 1, 1] }));
  await t.throwsAsync(readVolume(path), refused(/holds 5 volumes \(2 x 3 x 2 x 5\)/));
  const five = await decodeNifti(plainFile({ dim: [5, 2, 1, 3, 1, 2, 1, 1] }), 'x.nii');
  t.deepEqual(five.header.dimensions, [2, 1, 3, 1, 2]);
  t.is(five.stored.length, 12);
  t.throws(() => volumeOf(five, 'x.nii'), refused(/holds 2 volumes/));
});

test('a slice and a line are grids with axes of one voxel', async (t) => {
  t.deepEqual((await decodeNifti(plainFile({ dim: [2, 4, 3, 0, 0, 0, 0, 0] }), 'x')).grid.shape, [4, 3, 1]);
  t.deepEqual((await decodeNifti(plainFile({ dim: [1, 12, 0, 0, 0, 0, 0, 0] }), 'x')).grid.shape, [12, 1, 1]);
});

test('header extensions are passed over', async (t) => {
  for (const version of [1, 2] as const) {
    const start = version === 1 ? 352 : 544;
    const head = header({ version, voxOffset: start + 32 });
    head[start - 4] = 1;
    const extension = Buffer.alloc(32, 0xff);
    extension.writeInt32LE(32, 0);
    const bytes = Buffer.concat([head, extension, voxels('float32', twelve)]);
    t.deepEqual([...(await volume(bytes)).data], twelve);
    // An extension with an endless or absurd size is none of our business.
    for (const size of [0, -16, 2 ** 31 - 16]) {
      bytes.writeInt32LE(size, start);
      t.deepEqual([...(await volume(bytes)).data], twelve);
    }
  }
});

test('a vox_offset of 0 in a single file means after the header; other impossible ones are refused', async (t) => {
  t.deepEqual([...(await volume(plainFile({ voxOffset: 0 }))).data], twelve);
  for (const voxOffset of [-352, NaN, Infinity, 1, 348, 351, 352.5, 2 ** 27, 1e30]) {
    await t.throwsAsync(volume(plainFile({ voxOffset })), refused(/voxels begin at byte/));
  }
  await t.throwsAsync(volume(plainFile({ voxOffset: 360 })), refused(/truncated.*408 bytes.*holds 400/));
});

test('impossible dimensions are refused', async (t) => {
  for (const dim of [
    [0, 2, 3, 2],
    [8, 2, 3, 2],
    [-1, 2, 3, 2],
    [3, 0, 3, 2],
    [3, 2, -3, 2],
    [4, 2, 3, 2, 0],
  ]) {
    await t.throwsAsync(volume(plainFile({ dim })), refused(/dimensions/));
  }
  await t.throwsAsync(
    volume(plainFile({ dim: [7, 32767, 32767, 32767, 32767, 32767, 32767, 32767] })),
    refused(/GiB/),
  );
  await t.throwsAsync(
    volume(plainFile({ version: 2, dim: [3, 2 ** 53 - 1, 2 ** 53 - 1, 2, 1, 1, 1, 1] })),
    refused(/GiB/),
  );
});

test('truncated, empty and foreign files are refused with what was found', async (t) => {
  const whole = plainFile();
  for (const length of [4, 100, 347]) {
    await t.throwsAsync(
      volume(whole.subarray(0, length)),
      refused(/truncated: it ends after \d+ bytes, within its header of 348/),
    );
  }
  await t.throwsAsync(
    volume(whole.subarray(0, 399)),
    refused(/promises 2 x 3 x 2 voxels of type float32, 400 bytes.*holds 399/),
  );
  for (const length of [0])
    await t.throwsAsync(decodeNifti(whole.subarray(0, length), 'x.nii'), refused(/empty/));
  for (const foreign of ['', 'x', 'a'.repeat(1000), 'PK\x03\x04'.padEnd(400)]) {
    if (foreign !== '') await t.throwsAsync(volume(Buffer.from(foreign)), refused(/not a NIfTI file/));
  }
  const analyze = plainFile({ magic: '\0\0\0\0' });
  await t.throwsAsync(volume(analyze), refused(/ANALYZE/));
  await t.throwsAsync(volume(plainFile({ version: 2, magic: 'n+2\0\n\n\x1a\n' })), refused(/text mode/));
  const zipped = gzipSync(whole);
  await t.throwsAsync(
    volume(zipped.subarray(0, zipped.length - 12)),
    refused(/truncated: its gzip data end too early/),
  );
  await t.throwsAsync(volume(zipped.subarray(0, 12)), refused(/truncated|not a NIfTI/));
  const damaged = Buffer.from(zipped);
  damaged[zipped.length - 6] ^= 0xff;
  await t.throwsAsync(volume(damaged), refused(/damaged gzip data/));
});

test('a small gzip file is not inflated beyond its header, and no memory is taken for its promises', async (t) => {
  const promising = Buffer.concat([header({ dim: [3, 1000, 1000, 1000, 1, 1, 1, 1] }), Buffer.alloc(1000)]);
  const before = process.memoryUsage().arrayBuffers;
  await t.throwsAsync(volume(gzipSync(promising)), refused(/truncated.*4000000352 bytes.*holds at most \d+/));
  t.true(process.memoryUsage().arrayBuffers - before < 1e8);
  // 64 MB of zeros behind the voxels.
  const bomb = gzipSync(Buffer.concat([plainFile(), Buffer.alloc(2 ** 26)]));
  await t.throwsAsync(volume(bomb), refused(/inflates to far more than the 400 bytes/));
  const padded = gzipSync(Buffer.concat([plainFile(), Buffer.alloc(1000)]));
  t.deepEqual([...(await volume(padded)).data], twelve);
});

test('gzip files of kilobytes that do inflate to gigabytes are refused before memory is taken', async (t) => {
  const root = await folder(t);
  // Members of a gzip file follow one another: 16 GiB of zeros in 16 MB are written at once.
  const zeros = gzipSync(Buffer.alloc(2 ** 24), { level: 9 });
  const inflating = async (name: string, head: Buffer, members: number) => {
    const path = join(root, name);
    await writeFile(path, Buffer.concat([gzipSync(head), ...new Array<Buffer>(members).fill(zeros)]));
    return path;
  };
  const resident = () => process.memoryUsage().rss;
  const before = resident();
  // The header tells the truth about 2 GiB of nothing, ...
  const honest = await inflating('honest.nii.gz', header({ dim: [3, 1024, 1024, 512, 1, 1, 1, 1] }), 128);
  await t.throwsAsync(readVolume(honest), refused(/inflate 10\d\d-fold to 2\.0 GiB, which no scan does/));
  // ... keeps 16 GiB secret, or hides them before the voxels.
  const secret = await inflating('secret.nii.gz', plainFile(), 1024);
  await t.throwsAsync(readVolume(secret), refused(/inflates to far more than the 400 bytes/));
  const late = await inflating('late.nii.gz', header({ voxOffset: 2 ** 33 }), 1024);
  await t.throwsAsync(readVolume(late), refused(/voxels begin at byte 8589934592/));
  t.true(resident() - before < 2 ** 28);
});

test('a gzipped file is told by its bytes, whatever its name', async (t) => {
  const root = await folder(t);
  await writeFile(join(root, 'zipped.nii'), gzipSync(plainFile()));
  await writeFile(join(root, 'plain.nii.gz'), plainFile());
  t.deepEqual([...(await readVolume(join(root, 'zipped.nii'))).data], twelve);
  t.deepEqual([...(await readVolume(join(root, 'plain.nii.gz'))).data], twelve);
});

test('.hdr/.img pairs are read from either name, gzipped or not', async (t) => {
  const root = await folder(t);
  const head = header({ magic: 'ni1\0', voxOffset: 0 }).subarray(0, 348);
  const body = voxels('float32', twelve);
  const files: readonly (readonly [string, string, boolean])[] = [
    ['a.hdr', 'a.img', false],
    ['b.hdr.gz', 'b.img.gz', true],
    ['c.HDR', 'c.IMG', false],
  ];
  for (const [headerName, imageName, isZipped] of files) {
    await writeFile(join(root, headerName), isZipped ? gzipSync(head) : head);
    await writeFile(join(root, imageName), isZipped ? gzipSync(body) : body);
    for (const name of [headerName, imageName]) {
      t.deepEqual([...(await readVolume(join(root, name))).data], twelve, name);
      t.is((await readHeader(join(root, name))).singleFile, false);
    }
  }
  await writeFile(join(root, 'd.hdr'), header({ magic: 'ni1\0', voxOffset: 16 }));
  await writeFile(join(root, 'd.img'), Buffer.concat([Buffer.alloc(16, 0xff), body]));
  t.deepEqual([...(await readVolume(join(root, 'd.hdr'))).data], twelve);
  await writeFile(join(root, 'd.img'), body);
  await t.throwsAsync(readVolume(join(root, 'd.hdr')), refused(/d\.img is truncated/));
  await writeFile(join(root, 'alone.hdr'), head);
  await t.throwsAsync(readVolume(join(root, 'alone.hdr')), refused(/alone\.img does not exist/));
  await writeFile(join(root, 'lonely.img'), body);
  await t.throwsAsync(readVolume(join(root, 'lonely.img')), refused(/lonely\.hdr does not exist/));
  await writeFile(join(root, 'single.hdr'), plainFile());
  await t.throwsAsync(readVolume(join(root, 'single.hdr')), refused(/Rename it to \.nii/));
  await writeFile(join(root, 'pair.nii'), Buffer.concat([head, body]));
  await t.throwsAsync(readVolume(join(root, 'pair.nii')), refused(/pair/));
});

test('a missing file, a folder and an unreadable file are named', async (t) => {
  const root = await folder(t);
  await t.throwsAsync(readVolume(join(root, 'none.nii')), refused(/none\.nii does not exist/));
  await t.throwsAsync(readImage(join(root, 'none.hdr')), refused(/does not exist/));
  await mkdir(join(root, 'dir.nii'));
  await t.throwsAsync(readVolume(join(root, 'dir.nii')), refused(/is a folder/));
  await writeFile(join(root, 'file'), '');
  await t.throwsAsync(readVolume(join(root, 'file')), refused(/is empty/));
  await t.throwsAsync(
    readVolume(join(root, 'file', 'x.nii')),
    refused(/could not be read: a part of the path is a file/),
  );
  await t.throwsAsync(readVolume('/dev/zero'), refused(/not a regular file/));
});

test('text of the header does not reach error messages', async (t) => {
  const error = await t.throwsAsync(volume(plainFile({ description: 'Jane Doe 1950', dim: [3, 0, 1, 1] })), {
    instanceOf: NiftiError,
  });
  t.false(error?.message.includes('Jane'));
});

/** A file of 80 x 90 x 20 voxels of 2 x 2 x 7 mm, its numbers in another unit, and what is read of it. */
async function inUnits(
  units: number,
  factor: number,
  form: 'sform' | 'qform' | 'pixdim',
  version: 1 | 2 = 1,
) {
  const dim = [3, 80, 90, 20, 1, 1, 1, 1];
  const scaled = (values: readonly number[]): number[] => values.map((value) => value * factor);
  const bytes = Buffer.concat([
    header({
      version,
      units,
      dim,
      datatype: codes.uint8[0],
      pixdim: [1, ...scaled([2, 2, 7]), 1, 1, 1, 1],
      sform: scaled([2, 0, 0, -80, 0, 2, 0, -90, 0, 0, 7, -70]),
      offset: scaled([-80, -90, -70]) as [number, number, number],
      sformCode: form === 'sform' ? 1 : 0,
      qformCode: form === 'qform' ? 1 : 0,
    }),
    Buffer.alloc(80 * 90 * 20),
  ]);
  return (await decodeNifti(bytes, 'x.nii')).header;
}

test('metres and micrometres are brought to millimetres in every form, with a remark; no unit is millimetres', async (t) => {
  for (const form of ['sform', 'qform', 'pixdim'] as const) {
    for (const version of [1, 2] as const) {
      const plain = await inUnits(2, 1, form, version);
      for (const [units, factor, name] of [
        [1, 0.001, 'metres'],
        [3, 1000, 'micrometres'],
      ] as const) {
        // Units of time share the byte: 8 is seconds.
        const header = await inUnits(units + 8, factor, form, version);
        for (const [index, value] of plain.grid.affine.entries())
          t.true(
            Math.abs((header.grid.affine[index] ?? Number.NaN) - value) < 1e-4,
            `${form} ${name} ${index}`,
          );
        t.regex(header.remarks[0], new RegExp(`in ${name} .*by which the image is 180 mm long, not `));
      }
      t.deepEqual((await inUnits(0, 1, form, version)).grid, plain.grid);
    }
    const silent = (await inUnits(0, 1, form)).remarks.filter((remark) => remark.includes('mm'));
    t.deepEqual(silent, []);
  }
});

test('a wrong unit code is outweighed by the size of a head, and both readings are named', async (t) => {
  for (const [units, name, other] of [
    [1, 'metres', '180000 mm'],
    [3, 'micrometres', '0.18 mm'],
  ] as const) {
    const { grid, remarks } = await inUnits(units, 1, 'sform');
    t.deepEqual(grid.affine.slice(0, 4), [2, 0, 0, -80]);
    t.regex(remarks[0], new RegExp(`in ${name} .*would be ${other} long; in millimetres it is 180 mm`));
  }
  // Nothing but millimetres is said, yet no head is so long.
  for (const units of [0, 2]) {
    const { grid, remarks } = await inUnits(units, 1000, 'sform');
    t.is(grid.affine[0], 2000);
    t.regex(remarks[0], /180000 mm long, which no head is; millimetres were taken all the same/);
  }
});

test('what the header says besides the form that counts is compared with it and remarked', async (t) => {
  const remarks = async (fields: Parameters<typeof plainFile>[0]) =>
    (await decodeNifti(plainFile(fields), 'x.nii')).header.remarks;
  const agreeing = { qformCode: 1, offset: [-10, -20, -30] as const };
  t.deepEqual(await remarks(agreeing), []);
  t.regex(
    (await remarks({ ...agreeing, offset: [-10, -8, -30] })).join(),
    /up to 12 mm apart \(qform: scanner, sform: scanner\); the sform was followed/,
  );
  t.regex((await remarks({ ...agreeing, quaternion: [0, 0, 1] })).join(), /forms of the header .* mm apart/);
  t.regex((await remarks({ ...agreeing, quaternion: [1, 1, 1] })).join(), /qform of the header is damaged/);
  t.regex(
    (await remarks({ pixdim: [1, 2, 3, 8, 1, 1, 1, 1] })).join(),
    /two voxel sizes, 2 x 3 x 8 mm in pixdim and 2 x 3 x 4 mm in the sform/,
  );
  // A qform that does not count says nothing, nor does pixdim beside it.
  t.deepEqual(await remarks({ qformCode: 0, offset: [1, 2, 3] }), []);
  const unknown = (await decodeNifti(plainFile({ sformCode: 0 }), 'x.nii')).header;
  t.is(unknown.space, 'unknown');
  t.regex(unknown.remarks.join(), /left and right are not known/);
});
