import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeVolume } from '@oinr/nifti';
import test from 'ava';
import { readAtlas } from '../src/atlas.ts';

const grid = { shape: [2, 2, 2], affine: [2, 0, 0, 10, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] } as const;

test('a position has the name of its label, its number without a name, and n/a where there is none', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'oinr-atlas-'));
  const labels = join(folder, 'labels.nii');
  await writeVolume(labels, { grid, data: Float32Array.of(0, 3, 17, 0, 0, 0, 0, 3) });
  const names = join(folder, 'names.tsv');
  writeFileSync(names, 'index\tname\n3\tHippocampus \n5\tAmygdala\n');
  const regionOf = await readAtlas(labels, names);
  t.is(regionOf([12, 0, 0]), 'Hippocampus');
  t.is(regionOf([10.9, 2.4, -0.9]), '17');
  t.is(regionOf([10, 0, 0]), 'n/a');
  t.is(regionOf([30, 0, 0]), 'n/a');
  t.is((await readAtlas(labels))([12, 0, 0]), '3');
  for (const [text, pattern] of [
    ['index\tname\n3\tA\n3\tB\n', /names\.tsv has the index '3' in row 2; it stands there twice/],
    ['index\tname\nthree\tA\n', /the index 'three' in row 1; a whole number/],
    ['index\tname\nn/a\tA\n', /row 1; a whole number/],
    ['label\tname\n3\tA\n', /has no column index/],
  ] as const) {
    writeFileSync(names, text);
    await t.throwsAsync(readAtlas(labels, names), { message: pattern });
  }
  const empty = join(folder, 'empty.nii');
  await writeVolume(empty, { grid, data: new Float32Array(8) });
  await t.throwsAsync(readAtlas(empty), { message: /empty\.nii \(--atlas\) holds no label/ });
  rmSync(folder, { recursive: true });
});
