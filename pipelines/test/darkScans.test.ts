// A scan without a voxel above 0: who needs to tell head from background says so, with the name of the file.
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import test from 'ava';
import { readNativeScan } from '../src/prepare/scan/nativeScan.ts';
import { readScan } from '../src/simulate/scan.ts';
import { readHead } from '../src/train/people.ts';
import { temporaryFolder, tinyAffine, tinyHead } from './support/study.ts';

const grid = { shape: [18, 25, 16] as const, affine: tinyAffine };

test('registration and training refuse it, imputation scales it by the size of its values', async (t) => {
  const folder = temporaryFolder();
  const [image, mask] = [join(folder, 'dark.nii.gz'), join(folder, 'mask.nii.gz')];
  const head = tinyHead(3);
  await writeVolume(image, { grid, data: head.map((value) => value - 5000) });
  await writeVolume(mask, { grid, data: head.map((value) => (value > 0 ? 1 : 0)) });
  const subject = { id: '01', group: '', image, columns: {} };
  const named = { message: /dark\.nii\.gz has no voxel above 0, .*exclude in the cohort/ };
  await t.throwsAsync(readNativeScan(subject), named);
  await t.throwsAsync(readNativeScan({ ...subject, mask }), {
    message: /dark\.nii\.gz has no voxel above 0 in its mask .*mask\.nii\.gz, /,
  });
  await t.throwsAsync(readHead(image), {
    message: /dark\.nii\.gz cannot be learned from: no voxel is above 0/,
  });
  for (const one of [subject, { ...subject, mask }]) {
    const scan = await readScan(one, 'axial');
    t.true(scan.scale.value > 3000 && scan.scale.value <= 5000, scan.scale.description);
    t.regex(scan.remarks.join(' '), /No voxel is above 0/);
  }
  t.is((await readScan({ ...subject, mask }, 'axial')).region, "the cohort's mask");
  // What is 0 everywhere in a mask has no size either.
  const bright = join(folder, 'bright.nii.gz');
  await writeVolume(bright, { grid, data: head.map((value) => (value > 0 ? 0 : 7)) });
  await t.throwsAsync(readScan({ ...subject, image: bright, mask }, 'axial'), {
    message: /bright\.nii\.gz is 0 nearly everywhere in its mask.* --scale/,
  });
});
