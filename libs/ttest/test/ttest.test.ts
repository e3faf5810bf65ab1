import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encodeNifti, readVolume, type SpaceName } from '@oinr/nifti';
import { makeRelabelings, resolveDesign } from '@oinr/statistics';
import { readTsv } from '@oinr/tables';
import type { Grid } from '@oinr/volume';
import test, { type ExecutionContext } from 'ava';
import { ProgressLine, runTTest, type TTestRequest } from '../src/index.ts';
import { nearestRegion } from '../src/regionCentres.ts';
import { requestFingerprint } from '../src/resume.ts';

const grid: Grid = {
  shape: [6, 5, 4],
  // Oblique, with voxels of about 2, 2 and 3 mm.
  affine: [-1.9, 0.3, 0.1, 20, 0.25, 2, -0.2, -30, 0.05, 0.2, 3, -15, 0, 0, 0, 1],
};
const size = 120;
const ids = ['sub-07', 'sub-01', 'sub-10', 'sub-03', 'sub-1', 'sub-22', 'sub-05', 'sub-08'];
const groups = ['CN', 'AD', 'AD', 'CN', 'MCI', 'CN', 'AD', 'CN'];
const compared = ids.filter((_, i) => groups[i] !== 'MCI');
const labels = groups.filter((group) => group !== 'MCI').map((group) => (group === 'CN' ? 1 : 0));

/** Whole numbers, so that scaling by int16 with slope and intercept loses nothing. */
const value = (id: string, voxel: number) =>
  ((ids.indexOf(id) * 7919 + voxel * 104729 + ids.indexOf(id) * voxel * 31) % 1009) + (voxel === 50 ? 0 : 1);

interface Study {
  readonly folder: string;
  readonly request: TTestRequest;
}

/** A folder with a table, a mask and images: int16 with slope, float64 big-endian, and gzipped float32. */
async function study(space?: SpaceName): Promise<Study> {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-ttest-'));
  mkdirSync(join(folder, 'images', 'deep'), { recursive: true });
  const write = async (name: string, data: Float32Array, options: Parameters<typeof encodeNifti>[2] = {}) =>
    writeFileSync(join(folder, name), await encodeNifti({ grid, data }, name, { ...options, space }));
  for (const [index, id] of ids.entries()) {
    const data = Float32Array.from({ length: size }, (_, voxel) => (voxel === 60 ? 4 : value(id, voxel)));
    if (index === 1) data[70] = Number.NaN;
    const name = join('images', index % 2 ? 'deep' : '', `${id}_desc-gm_probseg.nii`);
    if (index % 3 === 0) await write(name, data, { datatype: 'int16', slope: 0.5, intercept: 3 });
    else if (index % 3 === 1) await write(`${name}.gz`, data);
    else
      writeFileSync(
        join(folder, name),
        bigEndian(await encodeNifti({ grid, data }, name, { datatype: 'float64', space })),
      );
  }
  await write(
    'mask.nii.gz',
    Float32Array.from({ length: size }, (_, voxel) => (voxel % 5 === 4 ? 0.5 : 1)),
  );
  const rows = ids.map((id, i) => `${id}\t${groups[i]}\t${60 + ((i * 5) % 17)}\t${'MF'[i % 2]}`);
  writeFileSync(join(folder, 'participants.tsv'), `participant_id\tgroup\tage\tsex\n${rows.join('\n')}\n`);
  return {
    folder,
    request: {
      participants: join(folder, 'participants.tsv'),
      images: join(folder, 'images'),
      mask: join(folder, 'mask.nii.gz'),
      groups: ['CN', 'AD'],
      out: join(folder, 'out'),
      groupColumn: 'group',
      permutations: 1000,
      seed: 1,
      covariates: [],
      connectivity: 18,
      tfce: false,
      alpha: 0.05,
    },
  };
}

/** A little-endian float64 NIfTI-1 file with all its bytes swapped. */
function bigEndian(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  const swap = (from: number, count: number, width: 2 | 4 | 8) => {
    const part = bytes.subarray(from, from + count * width);
    if (width === 2) part.swap16();
    else if (width === 4) part.swap32();
    else part.swap64();
  };
  swap(0, 1, 4);
  swap(40, 8, 2);
  swap(56, 3, 4);
  swap(68, 4, 2);
  swap(76, 11, 4);
  swap(120, 1, 2);
  swap(124, 6, 4);
  swap(252, 2, 2);
  swap(256, 18, 4);
  swap(352, size, 8);
  return bytes;
}

const silent = () => new ProgressLine({ write: () => undefined });

/** T and p by hand, in float64, over all relabelings. */
function byHand(
  voxel: number,
  statistic: TTestRequest['statistic'] = 'student',
): { t: number; gt: number; two: number } {
  const y = compared.map((id) => value(id, voxel));
  const tOf = (row: ArrayLike<number>) => {
    const part = (label: number) => y.filter((_, i) => row[i] === label);
    const mean = (a: number[]) => a.reduce((s, x) => s + x, 0) / a.length;
    const [a, b] = [part(1), part(0)];
    const [inA, inB] = [a, b].map((one) => one.reduce((q, x) => q + (x - mean(one)) ** 2, 0));
    if (statistic === 'welch')
      return (
        (mean(a) - mean(b)) / Math.sqrt(inA / (a.length * (a.length - 1)) + inB / (b.length * (b.length - 1)))
      );
    const within = inA + inB;
    return (mean(a) - mean(b)) / Math.sqrt((within / (y.length - 2)) * (1 / a.length + 1 / b.length));
  };
  const all = makeRelabelings(resolveDesign({ labels: Uint8Array.from(labels) }), {
    permutations: 1e4,
    seed: 1,
  });
  const ts = Array.from({ length: all.count }, (_, r) => tOf(all.rows.subarray(r * 7, r * 7 + 7)));
  return {
    t: ts[0],
    gt: ts.filter((t) => t >= ts[0] - 1e-6).length / all.count,
    two: ts.filter((t) => Math.abs(t) >= Math.abs(ts[0]) - 1e-6).length / all.count,
  };
}

test('maps without NaN: 0 where nothing was tested, 1 in maps of p and q; elsewhere nothing changes', async (t) => {
  const { request } = await study();
  const options = { ...request, tfce: true, clusterThreshold: { kind: 'p', value: 0.05 } } as const;
  const zero = { ...options, out: `${request.out}-zero`, outside: 'zero' } as const;
  await runTTest(options, silent());
  await runTTest(zero, silent());
  const names = readdirSync(zero.out).filter((name) => name.endsWith('.nii.gz'));
  t.true(names.length > 15);
  for (const name of names) {
    const [usual, filled] = await Promise.all(
      [request.out, zero.out].map((out) => readVolume(join(out, name))),
    );
    const nothing = /^[pq]_/.test(name) ? 1 : 0;
    t.true(
      usual.data.every((one, voxel) => filled.data[voxel] === (Number.isNaN(one) ? nothing : one)),
      name,
    );
  }
  // Every table has its columns described.
  for (const name of ['clusters_gt', 'peaks_lt', 'max_null']) {
    const [header] = readFileSync(join(zero.out, `${name}.tsv`), 'utf8').split('\n');
    const meanings = JSON.parse(readFileSync(join(zero.out, `${name}.json`), 'utf8'));
    t.deepEqual(Object.keys(meanings), header.split('\t'));
    for (const [column, { Description }] of Object.entries<{ Description: string }>(meanings))
      t.false(Description.includes(column) && Description.endsWith(': '), column);
  }
});

test('peaks in MNI space are named by the nearest centre and its distance, elsewhere by an atlas alone', async (t) => {
  const peaks = async (space: SpaceName) => {
    const { request } = await study(space);
    await runTTest({ ...request, clusterThreshold: { kind: 'p', value: 0.2 } }, silent());
    return (await readTsv(join(request.out, 'peaks_gt.tsv'))).rows;
  };
  const named = await peaks('mni');
  t.true(named.length > 0);
  for (const { x, y, z, region, region_mm } of named) {
    const nearest = nearestRegion([Number(x), Number(y), Number(z)]);
    t.is(region, nearest?.name ?? 'n/a');
    t.is(region_mm, nearest === undefined ? 'n/a' : String(nearest.distance));
  }
  t.true(named.some(({ region }) => region !== 'n/a'));
  t.false('region' in (await peaks('scanner'))[0]);
});

test('a T with smoothed variance is no TTEST in the header, a plain one is, with its degrees of freedom', async (t) => {
  const { request } = await study();
  const intent = async (more: Partial<TTestRequest>): Promise<number[]> => {
    await runTTest({ ...request, permutations: 20, ...more }, silent());
    const bytes = gunzipSync(readFileSync(join(request.out, 'T.nii.gz')));
    return [bytes.readInt16LE(68), bytes.readFloatLE(56)];
  };
  t.deepEqual(await intent({}), [3, 5]);
  t.deepEqual(await intent({ varianceFwhm: 4 }), [0, 0]);
});

test('maps from mixed formats and shuffled rows are those computed by hand', async (t) => {
  const { folder, request } = await study();
  const summary = await runTTest(
    { ...request, tfce: true, clusterThreshold: { kind: 'p', value: 0.05 } },
    silent(),
  );
  const map = async (name: string) => (await readVolume(join(request.out, `${name}.nii.gz`))).data;
  const [T, gt, two] = [await map('T'), await map('p_unc_gt'), await map('p_unc_two')];
  for (let voxel = 0; voxel < size; voxel++) {
    if (voxel % 5 === 4 || voxel === 60 || voxel === 70) {
      t.true(Number.isNaN(T[voxel]) && Number.isNaN(two[voxel]));
      continue;
    }
    const expected = byHand(voxel);
    t.true(Math.abs(T[voxel] - expected.t) < 1e-5 * Math.max(1, Math.abs(expected.t)));
    t.is(gt[voxel], Math.fround(expected.gt));
    t.is(two[voxel], Math.fround(expected.two));
  }
  t.like(summary, {
    n: 7,
    groups: { CN: 4, AD: 3 },
    voxels: 94,
    excludedVoxels: 2,
    permutations: 35,
    exact: true,
  });
  t.true(summary.warnings.some((warning) => warning.startsWith('1 row of other groups')));
  // Who has the hole is named, without the way to the folder.
  t.true(
    summary.warnings.some((warning) =>
      warning.endsWith(`Not finite in ${join('deep', `${ids[1]}_desc-gm_probseg.nii.gz`)} (1 voxel).`),
    ),
  );
  const nulls = await readTsv(join(request.out, 'max_null.tsv'));
  t.deepEqual(nulls.columns, 'two gt lt extent_gt extent_lt mass_gt mass_lt tfce_gt tfce_lt'.split(' '));
  t.is(nulls.rows.length, 35);
  const clusters = await readTsv(join(request.out, 'clusters_gt.tsv'));
  t.deepEqual(
    clusters.columns,
    'cluster p_fwe_extent p_fwe_mass voxels mm3 mass p_fwe q_fdr T p_unc x y z'.split(' '),
  );
  t.false(readdirSync(request.out).includes('.resume'));
  rmSync(folder, { recursive: true });
});

test('the statistic of Welch on images: maps as computed by hand; tables and summary say what is in them', async (t) => {
  const { folder, request } = await study();
  const { thresholds } = await runTTest(
    { ...request, statistic: 'welch', clusterThreshold: { kind: 'p', value: 0.05 } },
    silent(),
  );
  t.like(thresholds, {
    statistic: "Welch's T; degrees of freedom of the smaller group, the fewest that it can have",
    degreesOfFreedom: 2,
  });
  // The 95th percentile of Student's t with 2 degrees of freedom.
  t.true(Math.abs(Number(thresholds.clusterFormingT) - 2.91998558) < 1e-6);
  const map = async (name: string) => (await readVolume(join(request.out, `${name}.nii.gz`))).data;
  const [T, gt, two] = [await map('T'), await map('p_unc_gt'), await map('p_unc_two')];
  for (let voxel = 0; voxel < size; voxel++) {
    if (Number.isNaN(T[voxel])) continue;
    const expected = byHand(voxel, 'welch');
    t.true(Math.abs(T[voxel] - expected.t) < 1e-5 * Math.max(1, Math.abs(expected.t)));
    t.is(gt[voxel], Math.fround(expected.gt));
    t.is(two[voxel], Math.fround(expected.two));
  }
  rmSync(folder, { recursive: true });
});

test('labelings.txt can be read back, with and without covariates, and gives the same null', async (t) => {
  const { folder, request } = await study();
  for (const covariates of [[], ['age', 'sex']]) {
    const first = {
      ...request,
      permutations: 20,
      covariates,
      out: join(folder, `first${covariates.length}`),
    };
    await runTTest(first, silent());
    const again = { ...first, out: join(folder, 'again'), labelings: join(first.out, 'labelings.txt') };
    await runTTest(again, silent());
    for (const file of ['max_null.tsv', 'p_fwe_two.nii.gz', 'labelings.txt']) {
      t.deepEqual(readFileSync(join(first.out, file)), readFileSync(join(again.out, file)), file);
    }
  }
  rmSync(folder, { recursive: true });
});

test('images can be named by a column', async (t) => {
  const { folder, request } = await study();
  const files = readdirSync(request.images, { recursive: true }).map(String);
  const rows = compared.map(
    (id) => `${files.find((file) => file.includes(`${id}_`))}\t${groups[ids.indexOf(id)]}`,
  );
  writeFileSync(
    join(folder, 'paths.csv'),
    `image,dx\n${rows.map((row) => row.replace('\t', ',')).join('\n')}\n`,
  );
  await runTTest(request, silent());
  const byColumn = {
    ...request,
    participants: join(folder, 'paths.csv'),
    groupColumn: 'dx',
    imageColumn: 'image',
    out: join(folder, 'two'),
  };
  await runTTest(byColumn, silent());
  t.deepEqual(readFileSync(join(request.out, 'T.nii.gz')), readFileSync(join(folder, 'two', 'T.nii.gz')));
  rmSync(folder, { recursive: true });
});

async function refuses(
  t: ExecutionContext,
  study: Study,
  change: Partial<TTestRequest>,
  pattern: RegExp,
): Promise<void> {
  const request = { ...study.request, ...change };
  const error = await t.throwsAsync(runTTest(request, silent()));
  t.regex(error?.message ?? '', pattern);
  t.false(readdirSync(study.folder).includes('out'), 'nothing is written');
}

test('bad input is refused with a sentence that names it, and nothing is written', async (t) => {
  const one = await study();
  const { folder } = one;
  const file = (name: string, text: string | Uint8Array) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const table = (rows: string[]) => `participant_id\tgroup\tage\tscanner\n${rows.join('\n')}\n`;
  await refuses(t, one, { groups: ['CN', 'AD', 'MCI'] }, /takes two names.*got 3/);
  await refuses(t, one, { groups: ['CN', 'XX'] }, /no row with group = XX/);
  await refuses(t, one, { groupColumn: 'dx' }, /no column dx/);
  await refuses(t, one, { permutations: 0 }, /at least 1, but got 0/);
  await refuses(
    t,
    one,
    { variance: 'by-kind', covariates: ['age'] },
    /--variance by-kind cannot be combined with --covariates/,
  );
  await refuses(
    t,
    one,
    { variance: 'by-kind', varianceFwhm: 8 },
    /--variance-fwhm has nothing left to smooth/,
  );
  await refuses(
    t,
    one,
    { participants: file('1v1.tsv', table(['sub-07\tCN\t1\t1', 'sub-01\tAD\t2\t2'])) },
    /no degrees of freedom/,
  );
  await refuses(
    t,
    one,
    { statistic: 'welch', covariates: ['age'] },
    /--statistic welch cannot be combined with --covariates/,
  );
  await refuses(t, one, { statistic: 'welch', varianceFwhm: 8 }, /--variance-fwhm smooths one of both/);
  const missing = compared.map(
    (id, i) => `${id}\t${labels[i] ? 'CN' : 'AD'}\t${i === 2 ? 'n/a' : i}\t${labels[i]}`,
  );
  const missingTable = file('missing.tsv', table(missing));
  await refuses(
    t,
    one,
    { participants: missingTable, covariates: ['age'] },
    /no value in column age for sub-10/,
  );
  await refuses(
    t,
    one,
    { participants: missingTable, covariates: ['scanner'] },
    /determine the groups completely/,
  );
  await refuses(
    t,
    one,
    { labelings: file('short.txt', '01\n') },
    /short.txt line 1 has 2 entries, but 7 participants/,
  );
  await refuses(t, one, { labelings: file('other.txt', '0001111\n') }, /first labeling must be the identity/);
  const image = async (name: string, other: Grid, data: Float32Array) =>
    file(name, await encodeNifti({ grid: other, data }, name));
  const ones = new Float32Array(size).fill(1);
  await refuses(
    t,
    one,
    { mask: await image('empty.nii', grid, new Float32Array(size)) },
    /empty.nii is an empty mask/,
  );
  const shifted = { ...grid, affine: grid.affine.map((x, i) => (i === 3 ? x + 0.01 : x)) };
  await refuses(t, one, { mask: await image('shifted.nii', shifted, ones) }, /sub-07.*another affine/);
  const other = { ...grid, shape: [5, 6, 4] as const };
  await refuses(
    t,
    one,
    { mask: await image('other.nii', other, ones) },
    /6 x 5 x 4 voxels.*other.nii has 5 x 6 x 4/,
  );
  const single = Float32Array.from({ length: size }, (_, voxel) => (voxel === 60 ? 1 : 0));
  await refuses(
    t,
    one,
    { mask: await image('single.nii', grid, single) },
    /No voxel of the mask can be tested/,
  );
  writeFileSync(join(one.request.images, 'sub-07_copy.nii'), 'no image');
  await refuses(t, one, {}, /2 images of sub-07/);
  rmSync(join(one.request.images, 'sub-07_copy.nii'));
  const path = join(one.request.images, 'sub-07_desc-gm_probseg.nii');
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, 400));
  await refuses(t, one, {}, /sub-07.*truncated/);
  writeFileSync(path, await encodeNifti({ grid, data: new Float32Array(size).fill(Number.NaN) }, path));
  await refuses(t, one, {}, /sub-07.* has no finite value in the mask/);
  writeFileSync(path, 'this is no image at all');
  await refuses(t, one, {}, /sub-07.*not a NIfTI file/);
  rmSync(path);
  await refuses(t, one, {}, /no .nii or .nii.gz file whose name begins with sub-07/);
  rmSync(folder, { recursive: true });
});

test('after an error everything in OUT is as it was; a new test replaces its own files alone', async (t) => {
  const { folder, request } = await study();
  const { out } = request;
  await runTTest({ ...request, tfce: true, clusterThreshold: { kind: 'T', value: 2 } }, silent());
  writeFileSync(join(out, 'notes.txt'), 'mine');
  const before = filesIn(out);
  t.true('tfce_gt.nii.gz' in before && 'p_fwe_mass_lt.nii.gz' in before);
  const refused: readonly (readonly [Partial<TTestRequest>, RegExp])[] = [
    [{ groups: ['CN', 'XX'] }, /no row with group = XX/],
    [{ participants: join(folder, 'partcipants.tsv') }, /does not exist/],
    [{ alpha: 5 }, /--alpha/],
    [{ labelings: join(out, 'labelings.txt') }, /labelings\.txt is read by this test and would be replaced/],
  ];
  for (const [change, pattern] of refused) {
    await t.throwsAsync(runTTest({ ...request, ...change }, silent()), { message: pattern });
    t.deepEqual(filesIn(out), before);
  }
  await runTTest({ ...request, groups: ['AD', 'CN'] }, silent());
  const after = filesIn(out);
  t.not(after['T.nii.gz'], before['T.nii.gz']);
  t.is(after['notes.txt'], before['notes.txt']);
  t.false('tfce_gt.nii.gz' in after || 'p_fwe_mass_lt.nii.gz' in after);
  rmSync(folder, { recursive: true });
});

test("a folder with a user's own T.nii.gz is refused before anything is computed", async (t) => {
  const { folder, request } = await study();
  mkdirSync(request.out);
  writeFileSync(join(request.out, 'T.nii.gz'), 'mine');
  writeFileSync(join(request.out, 'summary.json'), 'my own notes');
  await t.throwsAsync(runTTest(request, silent()), {
    message: /out holds T\.nii\.gz, summary\.json, which this program has not written there/,
  });
  t.is(readFileSync(join(request.out, 'T.nii.gz'), 'utf8'), 'mine');
  t.deepEqual(readdirSync(request.out).sort(), ['T.nii.gz', 'summary.json']);
  rmSync(folder, { recursive: true });
});

test('of two tests into one folder one works and one says who holds it', async (t) => {
  const { folder, request } = await study();
  const both = await Promise.allSettled([
    runTTest(request, silent()),
    runTTest({ ...request, groups: ['AD', 'CN'] }, silent()),
  ]);
  t.is(both.filter(({ status }) => status === 'fulfilled').length, 1);
  const [failed] = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  t.true(failed.includes(`Another run is writing ${request.out} (process ${process.pid}`));
  t.true('T.nii.gz' in filesIn(request.out));
  rmSync(folder, { recursive: true });
});

/** Contents by name of the files in a folder, but for hidden ones. */
function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'base64')]));
}

test('a checkpoint of another statistic or variance is of another computation', async (t) => {
  const { folder, request } = await study();
  const name = (more: Partial<TTestRequest>) => requestFingerprint({ ...request, ...more }, [], []);
  const names = [{}, { statistic: 'welch' }, { variance: 'by-kind' }, { out: 'elsewhere' }] as const;
  const [plain, welch, byKind, elsewhere] = await Promise.all(names.map(name));
  t.is(new Set([plain, welch, byKind]).size, 3);
  t.is(elsewhere, plain);
  rmSync(folder, { recursive: true });
});

test('a stopped run goes on from its last pass and ends with the same bytes', async (t) => {
  const { folder, request } = await study();
  const long = { ...request, tfce: true, covariates: ['age'], permutations: 1600 };
  await runTTest({ ...long, out: join(folder, 'whole') }, silent());
  const stopper = new AbortController();
  const lines: string[] = [];
  let clock = 0;
  const watching = new ProgressLine(
    {
      isTTY: true,
      write: (text: string) => {
        lines.push(text);
        // Stops in the middle, after the first pass of 400.
        if (/[5-9]\d\d permutations/.test(text)) stopper.abort(new Error('stopped by the test'));
      },
    },
    // Every update is shown.
    () => (clock += 1000),
  );
  await t.throwsAsync(runTTest(long, watching, stopper.signal), { message: 'stopped by the test' });
  t.deepEqual(readdirSync(long.out), ['.resume']);
  const said: string[] = [];
  await runTTest(long, new ProgressLine({ write: (text: string) => said.push(text) }));
  t.regex(said.join(''), /Going on after \d+ permutations/);
  const { 'summary.json': _, ...whole } = filesIn(join(folder, 'whole'));
  for (const [name, content] of Object.entries(whole)) t.is(filesIn(long.out)[name], content, name);
  rmSync(folder, { recursive: true });
});
