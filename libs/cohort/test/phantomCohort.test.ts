import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readVolume } from '@oinr/nifti';
import { sameGrid } from '@oinr/volume';
import test from 'ava';
import { parseDescription } from '../src/description.ts';
import { CohortError } from '../src/errors.ts';
import { openCohort, readDescription } from '../src/index.ts';
import { writePhantomAsAdni } from './adniDownload.ts';
import { people, tree } from './trees.ts';

const cohorts = join(import.meta.dirname, '../../../cohorts');
const small = { perGroup: 1, voxelSize: 8, deformation: 0.3 };

test('the phantom opens through the BIDS loader, with masks, and is not made twice', async (t) => {
  const workFolder = await tree(t, {});
  const phantom = await readDescription('phantom', cohorts);
  const made: string[] = [];
  const open = () =>
    openCohort(phantom, {
      environment: {},
      workFolder,
      phantom: small,
      onProgress: ({ what }) => made.push(what),
    });
  const cohort = await open();
  t.deepEqual(cohort.groups, ['CN', 'AD']);
  t.deepEqual(people(cohort).sort(), ['AD001 AD', 'CN001 CN']);
  t.deepEqual(cohort.excluded, []);
  t.is(made.length, 2);
  for (const { image, mask } of cohort.subjects) {
    const [scan, inside] = await Promise.all([readVolume(image), readVolume(mask ?? '')]);
    t.true(sameGrid(scan.grid, inside.grid));
    t.true(inside.data.some((value) => value === 1) && inside.data.some((value) => value === 0));
  }
  t.deepEqual(await open(), cohort);
  t.is(made.length, 2);
});

test('the phantom as an ADNI download opens with cohorts/adni.yaml', async (t) => {
  const root = await writePhantomAsAdni(small, await tree(t, {}));
  const cohort = await openCohort(await readDescription('adni', cohorts), {
    environment: { ADNI_ROOT: root },
  });
  t.deepEqual(cohort.groups, ['CN', 'AD']);
  t.deepEqual(cohort.subjects.map(({ group }) => group).sort(), ['AD', 'CN']);
  // The awkward parts of the download: a second visit, a repeated scan, a second scaling, two MCI subjects.
  t.true(cohort.excluded.length >= 5);
  t.deepEqual(
    cohort.excluded.filter(({ isProblem }) => isProblem),
    [],
  );
  for (const { image } of cohort.subjects)
    t.true((await readVolume(image)).data.some((value) => value > 500));
});

test('options of the phantom are checked when its description is read', async (t) => {
  const text = await readFile(join(cohorts, 'phantom.yaml'), 'utf8');
  t.throws(() => parseDescription(text.replace('perGroup: 10', 'perGroup: 0'), 'own.yaml'), {
    instanceOf: CohortError,
    message: /^own\.yaml .*perGroup/,
  });
  t.throws(() => parseDescription(text.replace('voxelSize', 'voxelsize'), 'own.yaml'), {
    instanceOf: CohortError,
    message: /voxelsize/,
  });
  const phantom = await readDescription('phantom', cohorts);
  await t.throwsAsync(openCohort(phantom, { environment: {} }), {
    instanceOf: CohortError,
    message: /--root DIR/,
  });
  await t.throwsAsync(openCohort(phantom, { environment: {}, workFolder: '/tmp', phantom: { noise: 9 } }), {
    instanceOf: CohortError,
    message: /noise/,
  });
});
