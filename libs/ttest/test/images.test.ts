// Images in memory, on disk, read by threads or not: the same test. What it gives can be kept and read back.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SpaceName, writeVolume } from '@oinr/nifti';
import { pOfCounts } from '@oinr/statistics';
import type { Grid, Volume } from '@oinr/volume';
import test from 'ava';
import { holesInWords, remarksInWords, spaceOfMaps } from '../src/imageFacts.ts';
import { readImages } from '../src/images.ts';
import {
  commonMask,
  type Mask,
  mapVolume,
  parseClusterThreshold,
  pMap,
  readMask,
  readResult,
  registerFirst,
  twoSided,
  writeResult,
} from '../src/index.ts';
import { testImages } from '../src/run.ts';

const grid: Grid = { shape: [7, 6, 5], affine: [2, 0, 0, -7, 0, 2, 0, -6, 0, 0, 2, -5, 0, 0, 0, 1] };
const size = 210;
const subjects = 8;
const labels = Uint8Array.from({ length: subjects }, (_, subject) => (subject < 4 ? 1 : 0));

/** Something like noise, -1 to 1. */
const noise = (subject: number, voxel: number): number =>
  (Math.sin(12.9898 * (subject + 1) + 78.233 * voxel) * 43758.5453) % 1;

/** Noise, and a block in which the first group is brighter. */
const volumes: readonly Volume[] = Array.from({ length: subjects }, (_, subject) => {
  const data = Float32Array.from(
    { length: size },
    (_, voxel) =>
      100 + noise(subject, voxel) + (subject < 4 && voxel % 7 < 3 && voxel > 60 && voxel < 150 ? 4 : 0),
  );
  return { grid, data };
});
const inMemory = volumes.map((volume, subject) => ({ name: `image ${subject + 1}`, volume }));

async function onDisk(): Promise<{ folder: string; files: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-images-'));
  const files = volumes.map((_, subject) => join(folder, `${subject}.nii.gz`));
  for (const [subject, file] of files.entries()) await writeVolume(file, volumes[subject]);
  return { folder, files };
}

const mask: Mask = {
  grid,
  shape: grid.shape,
  indices: Int32Array.from({ length: 150 }, (_, index) => index + (index % 2) * 30).sort(),
  reference: 'the first image',
  advice: registerFirst,
  name: 'the mask',
  description: '',
};

test('images in memory, on disk, and on disk read by threads are the same data, shown in order', async (t) => {
  const { folder, files } = await onDisk();
  for (const preparation of [
    { smooth: 0, normalise: 'none' },
    { smooth: 4, normalise: 'mean' },
  ] as const) {
    const read = async (images: Parameters<typeof readImages>[0], inlineBytes: number) => {
      const seen: number[] = [];
      const shown: ArrayLike<number>[] = [];
      const { data } = await readImages(images, mask, {
        preparation,
        threads: 3,
        inlineBytes,
        onValues: (values, subject) => {
          seen.push(subject);
          shown.push(Array.from(values));
        },
      });
      t.deepEqual(
        seen,
        files.map((_, index) => index),
      );
      const blocks = Array.from({ length: data.blocks }, (_, block) => [...data.values(block)]);
      return { blocks, shown };
    };
    const memory = await read(inMemory, 0);
    t.deepEqual(await read(files, Number.POSITIVE_INFINITY), memory);
    t.deepEqual(await read(files, 0), memory);
    t.is(memory.shown.length, subjects);
  }
  rmSync(folder, { recursive: true });
});

test('threads refuse an image with the sentence that reading it here would give', async (t) => {
  const { folder, files } = await onDisk();
  await writeVolume(files[5], { grid: { ...grid, shape: [6, 7, 5] }, data: new Float32Array(size).fill(1) });
  for (const inlineBytes of [0, Number.POSITIVE_INFINITY]) {
    await t.throwsAsync(readImages(files, mask, { inlineBytes, threads: 2 }), {
      name: 'RequestError',
      message: /5\.nii\.gz lies on another grid: it has 6 x 7 x 5 voxels, but the first image has 7 x 6 x 5/,
    });
  }
  const dark = [...inMemory.slice(1), { name: 'dark', volume: { grid, data: new Float32Array(size) } }];
  const preparation = { smooth: 0, normalise: 'mean' } as const;
  await t.throwsAsync(readImages(dark, mask, { preparation }), { message: /dark has the mean intensity 0/ });
  const holes = { name: 'holes', volume: { grid, data: new Float32Array(size).fill(1) } };
  holes.volume.data[3] = Number.NaN;
  await t.throwsAsync(readImages([holes], mask, { preparation: { smooth: 4, normalise: 'none' } }), {
    message: /holes has 1 values that are no numbers, which smoothing would spread/,
  });
  rmSync(folder, { recursive: true });
});

/** A test with all that a result may hold. */
const testWithEverything = () =>
  testImages({
    images: inMemory,
    mask,
    design: { labels },
    relabelings: { permutations: 1000, seed: 1 },
    clusters: { threshold: 2, connectivity: 18 },
    tfce: {},
  });

test('a result is kept and read back without rounding a number; a damaged or foreign file is no result', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-result-'));
  const result = await testWithEverything();
  const both = twoSided(result, mask, { seconds: 1 });
  // A voxel where nobody differs within a group has an infinite T.
  both.maxima[3] = Number.POSITIVE_INFINITY;
  const path = join(folder, 'result');
  await writeResult(path, both);
  t.deepEqual(await readResult(path), both);
  appendFileSync(path, 'more');
  t.is(await readResult(path), undefined);
  writeFileSync(path, '{"about":{"format":"another"},"layout":[]}\n');
  t.is(await readResult(path), undefined);
  t.is(await readResult(join(folder, 'nothing')), undefined);
  rmSync(folder, { recursive: true });
});

test('two-sided results join both signs of the test', async (t) => {
  const result = await testWithEverything();
  const both = twoSided(result, mask, { seconds: 1 });
  t.deepEqual(pMap(both.familyWise, both), Float32Array.from(pOfCounts(result, result.familyWiseCounts.two)));
  const { clusterNull, tfceNull } = result;
  both.largestExtents?.forEach((extent, relabeling) => {
    t.is(extent, Math.max(clusterNull?.extentGt[relabeling] ?? -1, clusterNull?.extentLt[relabeling] ?? -1));
  });
  // TFCE of the observed map is in its own null distribution, so the largest value has the count of its rank.
  const { tfce } = both;
  const largest = Math.max(...(tfce?.values ?? []));
  t.true(Math.abs(largest - Math.max(tfceNull?.gt[0] ?? 0, tfceNull?.lt[0] ?? 0)) < 1e-3 * largest);
  const at = tfce?.values.indexOf(largest) ?? -1;
  const asLarge = tfce?.maxima.filter((one) => one >= tfce.maxima[0] * (1 - 1e-6)).length;
  t.is(tfce?.counts[at], asLarge);
});

test('the common mask is where all masks are, and images without one above 0', async (t) => {
  const { folder, files } = await onDisk();
  const own = join(folder, 'mask.nii.gz');
  await writeVolume(own, { grid, data: Float32Array.from({ length: size }, (_, v) => (v < 20 ? 1 : 0.5)) });
  const half = join(folder, 'half.nii.gz');
  await writeVolume(half, { grid, data: Float32Array.from({ length: size }, (_, v) => (v % 2 ? 5 : 0)) });
  const space = { grid, reference: files[0], advice: registerFirst };
  const found = await commonMask(
    [
      { name: 'a', image: files[0], mask: own },
      { name: 'b', image: half },
    ],
    space,
  );
  t.deepEqual([...found.indices], [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  t.regex(found.description, /every subject that has one, and above 0 in the others/);
  const map = mapVolume(Float64Array.from(found.indices), found);
  t.is(map.data[7], 7);
  t.true(Number.isNaN(map.data[8]));
  t.deepEqual([...(await readMask(own, space)).indices].length, 20);
  const dark = join(folder, 'dark.nii.gz');
  await writeVolume(dark, { grid, data: new Float32Array(size) });
  await t.throwsAsync(commonMask([{ name: 'c', image: dark }], space), {
    message:
      /No voxel is in the analysis mask \(voxels above 0 in all subjects\)\. .*dark\.nii\.gz of c has no voxel above 0\. Give a mask/,
  });
  rmSync(folder, { recursive: true });
});

test('a cluster threshold is a T or a p, never a bare number', (t) => {
  t.deepEqual(parseClusterThreshold('T=3.1'), { kind: 'T', value: 3.1 });
  t.deepEqual(parseClusterThreshold('p=1e-3'), { kind: 'p', value: 0.001 });
  t.throws(() => parseClusterThreshold('0.001'), {
    name: 'UsageError',
    message: /whether it is a T or a p: write T=3.1 or p=0.001/,
  });
});

test('an image that shows nothing in the mask, and one image for two people, are refused by name', async (t) => {
  const { folder, files } = await onDisk();
  const outside = new Set(mask.indices);
  // Bright where nobody looks.
  const constant = (value: number) =>
    Float32Array.from({ length: size }, (_, voxel) => (outside.has(voxel) ? value : voxel));
  const holed = constant(7);
  holed[mask.indices[3] ?? 0] = Number.NaN;
  for (const [data, value] of [
    [constant(0), 0],
    [constant(-3), -3],
    [holed, 7],
  ] as const) {
    await writeVolume(files[2], { grid, data });
    for (const inlineBytes of [0, Number.POSITIVE_INFINITY])
      await t.throwsAsync(readImages(files, mask, { inlineBytes, threads: 2 }), {
        name: 'RequestError',
        message: new RegExp(
          `2\\.nii\\.gz has the same value \\(${value}\\) at all (finite )?voxels of the mask`,
        ),
      });
  }
  // A copy of the first: gzipped or not, in another type, with other values outside the mask.
  const copy = join(folder, 'copy.nii');
  const data = volumes[0].data.map((value, voxel) => (outside.has(voxel) ? value : 0));
  await writeVolume(copy, { grid, data }, { datatype: 'float64' });
  const copied = [...files.slice(0, 2), copy, ...files.slice(3)];
  const message =
    /0\.nii\.gz and .*copy\.nii have the same values at all 150 voxels of the mask: one image was given/;
  for (const inlineBytes of [0, Number.POSITIVE_INFINITY]) {
    await t.throwsAsync(readImages(copied, mask, { inlineBytes, threads: 2 }), {
      name: 'RequestError',
      message,
    });
    const preparation = { smooth: 0, normalise: 'mean' } as const;
    await t.throwsAsync(readImages(copied, mask, { inlineBytes, preparation }), { message });
  }
  const twice = inMemory.map((image, subject) => (subject === 7 ? { ...image, volume: volumes[1] } : image));
  await t.throwsAsync(
    testImages({
      images: twice,
      mask,
      design: { labels },
      relabelings: { permutations: 10, seed: 1 },
      alpha: 0.05,
    }),
    {
      message: /image 2 and image 8 have the same values/,
    },
  );
  // At one voxel equal values are no copy, and a single value is not constant.
  const one = { ...mask, indices: mask.indices.slice(0, 1) };
  await t.notThrowsAsync(readImages(twice, one));
  rmSync(folder, { recursive: true });
});

test('who has the values that are not finite, what headers need a remark on, and the space of maps', (t) => {
  const about = (name: string, notFinite: number, space: SpaceName, remarks: string[] = []) => ({
    name,
    hash: name,
    notFinite,
    space,
    remarks,
  });
  const images = [
    about('a', 2, 'mni'),
    about('b', 0, 'mni', ['Odd.']),
    about('c', 90, 'mni', ['Odd.']),
    about('d', 1, 'mni'),
    about('e', 3, 'mni'),
  ];
  t.is(
    holesInWords(images),
    'Not finite in c (90 voxels), e (3 voxels), a (2 voxels) and 1 other images with no more.',
  );
  t.is(holesInWords(images.slice(1, 2)), undefined);
  t.deepEqual(remarksInWords(images), ['b and 1 other images: Odd.']);
  t.is(remarksInWords([1, 2, 3, 4, 5].map((n) => about('x', 0, 'mni', [`${n}.`]))).length, 4);
  // A template that the images, or else the mask, name; never a guess.
  t.is(spaceOfMaps(images, { ...mask, coordinates: 'aligned' }), 'mni');
  t.is(spaceOfMaps([about('a', 0, 'scanner')], { ...mask, coordinates: 'talairach' }), 'talairach');
  t.is(
    spaceOfMaps([about('a', 0, 'mni'), about('b', 0, 'aligned')], { ...mask, coordinates: 'scanner' }),
    'scanner',
  );
  t.is(spaceOfMaps([about('a', 0, 'unknown')], mask), 'unknown');
});
