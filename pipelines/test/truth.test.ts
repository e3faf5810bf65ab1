import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import type { Mask } from '@oinr/ttest';
import { applyAffine, type Grid, voxelCount } from '@oinr/volume';
import test from 'ava';
import { readTruth, unusableTruth } from '../src/compare/truth.ts';
import { temporaryFolder } from './support/study.ts';

const grid: Grid = { shape: [21, 21, 21], affine: [2, 0, 0, -20, 0, 2, 0, -20, 0, 0, 2, -20, 0, 0, 0, 1] };

/** A truth with an effect where x > 0 and none where x < -5, in the space of a template or on its own grid. */
async function writtenTruth(space?: string): Promise<string> {
  const root = temporaryFolder();
  const folder = join(root, 'derivatives', 'truth');
  mkdirSync(folder, { recursive: true });
  const map = (value: (x: number) => number) => ({
    grid,
    data: Float32Array.from({ length: voxelCount(grid) }, (_, index) =>
      value(applyAffine(grid.affine, [index % 21, 0, 0])[0]),
    ),
  });
  await writeVolume(
    join(folder, 'desc-template_T1w.nii.gz'),
    map(() => 1000),
  );
  await writeVolume(
    join(folder, 'desc-effect_T1w.nii.gz'),
    map((x) => (x > 0 ? -50 : 0)),
  );
  await writeVolume(
    join(folder, 'desc-null_mask.nii.gz'),
    map((x) => (x < -5 ? 1 : 0)),
  );
  if (space !== undefined)
    writeFileSync(join(folder, 'desc-effect_T1w.json'), JSON.stringify({ SpatialReference: space }));
  return root;
}

/** All voxels of a grid of 3 mm that lies otherwise than the truth's. */
const shape = [9, 9, 9] as const;
const mask: Mask = {
  shape,
  grid: { shape, affine: [3, 0, 0, -13, 0, 3, 0, -13, 0, 0, 3, -13, 0, 0, 0, 1] },
  indices: Int32Array.from({ length: 729 }, (_, index) => index),
  name: 'all',
  description: 'all voxels',
  reference: 'a map',
  advice: 'Register first.',
};

test('a truth in the space of a template is taken to the grid of the common space, place by place', async (t) => {
  const root = await writtenTruth('MNIColin27');
  const truth = await readTruth(root, mask);
  t.truthy(truth);
  // x of the first nine voxels: -13, -10, -7, -4, -1, 2, 5, 8, 11.
  t.deepEqual([...(truth?.effect.subarray(0, 9) ?? [])], [0, 0, 0, 0, 0, 1, 1, 1, 1]);
  t.deepEqual([...(truth?.decided.subarray(0, 9) ?? [])], [1, 1, 1, 0, 0, 1, 1, 1, 1]);
});

test('a truth is used in the space that it lies in, and a sentence says why not in another', async (t) => {
  const ofTemplate = await writtenTruth('MNIColin27');
  t.is(unusableTruth(ofTemplate, 'MNIColin27'), undefined);
  t.is(unusableTruth(ofTemplate, 'Colin27'), undefined, 'the name in runs of earlier versions');
  t.regex(unusableTruth(ofTemplate, undefined) ?? '', /space of MNIColin27 and the volumes were used as is/);
  t.regex(
    unusableTruth(ofTemplate, 'icbm') ?? '',
    /space of MNIColin27 .*registered to icbm.*without --template/,
  );
  const onImages = await writtenTruth();
  t.is(unusableTruth(onImages, undefined), undefined);
  t.regex(
    unusableTruth(onImages, 'MNIColin27') ?? '',
    /on its own grid and the volumes were registered to MNIColin27/,
  );
  t.is(unusableTruth(temporaryFolder(), 'MNIColin27'), undefined, 'no truth, no sentence');
  await t.throwsAsync(readTruth(onImages, mask), { message: /lies on another grid/ });
});
