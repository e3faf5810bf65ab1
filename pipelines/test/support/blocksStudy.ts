import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVolume, writeVolume } from '@oinr/nifti';
import { crop } from '@oinr/volume';

const places = [
  [15, 30, 40],
  [15, 90, 40],
  [80, 90, 40],
  [80, 30, 90],
] as const;

/** A BIDS data set in a new folder whose four people are blocks of one brain, two in each group. */
export async function blocksStudy(): Promise<string> {
  const brain = await readVolume(
    join(import.meta.dirname, '../../../cohorts/phantom-base/colin27_brain_1mm.nii.gz'),
  );
  const root = mkdtempSync(join(tmpdir(), 'oinr-train-'));
  const rows = places.map((_, n) => `sub-${n + 1}\t${n % 2 === 0 ? 'control' : 'patient'}`);
  writeFileSync(join(root, 'participants.tsv'), `participant_id\tgroup\n${rows.join('\n')}\n`);
  for (const [n, start] of places.entries()) {
    const folder = join(root, `sub-${n + 1}`, 'anat');
    mkdirSync(folder, { recursive: true });
    const block = crop(brain, { start, shape: [40, 44, 42] });
    await writeVolume(join(folder, `sub-${n + 1}_T1w.nii.gz`), block);
  }
  return root;
}
