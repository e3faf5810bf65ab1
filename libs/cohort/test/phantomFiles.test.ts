import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { readImage, readVolume } from '@oinr/nifti';
import { parseNumber, readTsv } from '@oinr/tables';
import test from 'ava';
import { parseDescription } from '../src/description.ts';
import { openCohort } from '../src/index.ts';
import type { PhantomAnatomy } from '../src/phantom/index.ts';
import { materialisePhantom, readPhantomAnatomy } from '../src/phantom/index.ts';
import { writePhantomAsAdni } from './adniDownload.ts';

let work: string;
let anatomy: PhantomAnatomy;
test.before(async () => {
  work = await mkdtemp(join(tmpdir(), 'phantom-'));
  anatomy = await readPhantomAnatomy();
});
test.after.always(() => rm(work, { recursive: true, force: true }));

const options = { voxelSize: 5, perGroup: 2, seed: 3 };

/** Paths of all files below a folder with their bytes. */
async function contents(root: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.sort().map(async (file) => [relative(root, file), await readFile(file)] as const),
    ),
  );
}

test.serial('a cohort is byte-identical whether made at once or interrupted, and found again', async (t) => {
  const seen: string[] = [];
  const first = await materialisePhantom(options, join(work, 'a'), {
    anatomy,
    onProgress: ({ done, total, what }) => seen.push(`${what} ${done}/${total}`),
  });
  t.deepEqual(seen, ['sub-CN001 1/4', 'sub-CN002 2/4', 'sub-AD001 3/4', 'sub-AD002 4/4']);
  // Again: nothing is made, so nobody reports progress.
  t.is(
    await materialisePhantom({ ...options, noise: 0.03 }, join(work, 'a'), { onProgress: () => t.fail() }),
    first,
  );

  const stop = new Error('stopped');
  const interrupted = materialisePhantom(options, join(work, 'b'), {
    anatomy,
    onProgress: ({ done }) => {
      if (done === 3) throw stop;
    },
  });
  t.is(await t.throwsAsync(interrupted), stop);
  const partial = join(work, 'b', relative(join(work, 'a'), first));
  // Someone removes an image of a finished subject meanwhile: it is made again.
  await rm(join(partial, 'sub-CN002', 'anat', 'sub-CN002_T1w.nii.gz'));
  t.is(await materialisePhantom(options, join(work, 'b'), { anatomy }), partial);

  const [one, two] = [await contents(first), await contents(partial)];
  t.deepEqual([...two.keys()], [...one.keys()]);
  for (const [name, bytes] of one) t.true(two.get(name)?.equals(bytes), name);
});

test.serial(
  'the data set is BIDS, opens as a cohort, and its truth is on the grid of its images',
  async (t) => {
    const root = await materialisePhantom(options, join(work, 'a'));
    const description = parseDescription(
      [
        'layout: bids',
        'name: phantom-as-bids',
        'description: A phantom read through the loader of BIDS data sets.',
        'groups: {column: group, labels: {CN: [CN], AD: [AD]}}',
      ].join('\n'),
      join(work, 'phantom.yaml'),
    );
    const cohort = await openCohort(description, { root, environment: {} });
    t.deepEqual(cohort.excluded, []);
    t.deepEqual(cohort.subjects.map(({ id, group }) => `${id} ${group}`).sort(), [
      'AD001 AD',
      'AD002 AD',
      'CN001 CN',
      'CN002 CN',
    ]);
    const image = await readImage(cohort.subjects[0].image);
    t.is(image.header.datatype.name, 'int16');
    t.deepEqual(image.grid.shape, [31, 39, 32]);
    const truth = join(root, 'derivatives', 'truth');
    for (const name of [
      'template_T1w',
      'brain_mask',
      'effect_T1w',
      'volumechange_map',
      'regions_dseg',
      'null_mask',
    ]) {
      t.deepEqual((await readVolume(join(truth, `desc-${name}.nii.gz`))).grid, image.grid);
    }
    const participants = await readTsv(join(root, 'participants.tsv'));
    t.deepEqual(participants.columns.slice(0, 6), [
      'participant_id',
      'group',
      'age',
      'sex',
      'icv',
      'hippocampus_mm3',
    ]);
    const fractions = await readTsv(join(truth, 'fractions.tsv'));
    participants.rows.forEach((row, index) => {
      // The person's own deformation changes volumes too, but much less than by half.
      const volume = parseNumber(row.hippocampus_mm3) ?? Number.NaN;
      const fraction = parseNumber(fractions.rows[index].hippocampus) ?? Number.NaN;
      t.is(fractions.rows[index].participant_id, row.participant_id);
      t.true(
        Math.abs(volume / (11386 * fraction) - 1) < 0.2,
        `${row.participant_id}: ${volume}, ${fraction}`,
      );
    });
    t.regex(await readFile(join(root, 'COPYRIGHT'), 'utf8'), /Redistribution and use/);
  },
);

test.serial(
  'the ADNI download goes through the real loader, with all that is awkward about it',
  async (t) => {
    const root = await writePhantomAsAdni({ ...options, perGroup: 1 }, join(work, 'adni'), { anatomy });
    const files = [...(await contents(root)).keys()].filter((name) => /\.nii(\.gz)?$/.test(name));
    t.is(files.length, 7);
    t.true(files.some((name) => name.endsWith('.nii')) && files.some((name) => name.endsWith('.nii.gz')));
    t.true(
      files.some((name) => /[\\/]S\d+[\\/]/.test(name)) && files.some((name) => /[\\/]I\d+[\\/]/.test(name)),
    );

    const description = parseDescription(
      [
        'layout: adni',
        'name: phantom-as-adni',
        'description: A phantom read through the loader of ADNI downloads.',
        'groups: {labels: {CN: [CN], AD: [AD, Dementia]}, ignore: [MCI, LMCI]}',
        'diagnosis: visit',
        "choose: {visit: baseline, descriptions: ['MPR; GradWarp; B1 Correction; N3; Scaled', '*']}",
      ].join('\n'),
      join(work, 'adni.yaml'),
    );
    const cohort = await openCohort(description, { root, environment: {} });
    t.deepEqual(
      cohort.subjects.map(({ id, group }) => `${id} ${group}`),
      ['011S1001 CN', '011S3001 AD'],
    );
    t.deepEqual(
      cohort.excluded.filter(({ isProblem }) => isProblem),
      [],
    );
    // Left out: a later visit, a repeated scan, another scaling, and two people with MCI.
    t.is(cohort.excluded.length, 5);
    t.true(cohort.subjects.every(({ image }) => /_N3__Scaled_Br_/.test(image) && !/MPR-R/.test(image)));

    // The same persons as in the BIDS data set: the first scan is the same volume.
    const bids = await materialisePhantom(options, join(work, 'a'));
    for (const [subject, name] of [
      [cohort.subjects[0], 'sub-CN001'],
      [cohort.subjects[1], 'sub-AD001'],
    ] as const) {
      const expected = await readVolume(join(bids, name, 'anat', `${name}_T1w.nii.gz`));
      const found = await readVolume(subject.image);
      t.true(found.data.every((value, voxel) => value === expected.data[voxel]));
    }
  },
);
