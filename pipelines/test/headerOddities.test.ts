// One head stored with the oddities of real files; taken to one grid through one known transform, all must agree.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNifti, readVolume } from '@oinr/nifti';
import { resampleThrough } from '@oinr/registration';
import { type Affine, identityAffine, type Volume } from '@oinr/volume';
import test from 'ava';
import { temporaryFolder, tinyHead } from './support/study.ts';

const shape = [18, 25, 16] as const;
const [sin, cos] = [Math.sin(0.35), Math.cos(0.35)];
/** Tilted by 20 degrees about the left-right axis. */
const tilted: Affine = [3, 0, 0, -27, 0, 3 * cos, -3 * sin, -30, 0, 3 * sin, 3 * cos, -32, 0, 0, 0, 1];
const common = {
  shape: [20, 26, 26] as const,
  affine: [3, 0, 0, -28, 0, 3, 0, -45, 0, 0, 3, -35, 0, 0, 0, 1],
};

/** The head in a file whose header is changed afterwards, seen on the common grid. */
async function seen(change: (header: DataView) => void): Promise<Volume> {
  const bytes = Uint8Array.from(
    await encodeNifti({ grid: { shape, affine: tilted }, data: tinyHead(5, shape) }, 'head.nii'),
  );
  change(new DataView(bytes.buffer));
  const path = join(temporaryFolder(), 'head.nii');
  writeFileSync(path, bytes);
  return resampleThrough(await readVolume(path), { affine: identityAffine }, common, 'linear');
}

const [qformCode, sformCode, qoffsetY, sformShift] = [252, 254, 272, 292];

/** The largest difference, as a share of the brightest voxel. */
function difference(a: Volume, b: Volume): number {
  const brightest = Math.max(...a.data);
  return Math.max(...a.data.map((value, index) => Math.abs(value - b.data[index]))) / brightest;
}

test('headers as real scans have them lead to the same place', async (t) => {
  const plain = await seen(() => undefined);
  t.true(Math.max(...plain.data) > 500);
  // sform_code 0: only the qform is valid, whatever the sform's numbers say.
  const withoutSform = await seen((header) => {
    header.setInt16(sformCode, 0, true);
    header.setFloat32(sformShift, 60, true);
  });
  t.true(difference(plain, withoutSform) < 0.01);
  // sform and qform differ by 12 mm: the sform counts, also where the qform's code is higher.
  const differing = await seen((header) => {
    header.setInt16(qformCode, 4, true);
    header.setFloat32(qoffsetY, header.getFloat32(qoffsetY, true) + 12, true);
  });
  t.true(difference(plain, differing) < 0.01);
});

test('a tilt in the header is followed, not rounded to the nearest axis', async (t) => {
  const plain = await seen(() => undefined);
  const data = tinyHead(5, shape);
  const untilted: Affine = [3, 0, 0, -27, 0, 3, 0, -30, 0, 0, 3, -32, 0, 0, 0, 1];
  const straight = resampleThrough(
    { grid: { shape, affine: untilted }, data },
    { affine: identityAffine },
    common,
    'linear',
  );
  const followed = resampleThrough(
    { grid: { shape, affine: tilted }, data },
    { affine: identityAffine },
    common,
    'linear',
  );
  t.true(difference(plain, followed) < 0.01);
  t.true(difference(plain, straight) > 0.3);
});
