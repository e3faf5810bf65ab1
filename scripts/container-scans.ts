// Scans for scripts/container-check.sh: `node scripts/container-scans.ts FOLDER` writes scan.nii.gz, the Colin27 brain with axial slices 6 mm apart,
// and study, a BIDS folder of two such scans.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Grid, readVolume, resample, writeVolume } from 'oinr';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Name the folder to write to.');
const brain = await readVolume(join(import.meta.dirname, '../cohorts/phantom-base/colin27_brain_1mm.nii.gz'));
const grid: Grid = {
  shape: [72, 90, 25],
  affine: [2, 0, 0, -72, 0, 2, 0, -106, 0, 0, 6, -72, 0, 0, 0, 1],
};
const scan = resample(brain, grid, 'linear');
for (const file of ['scan', 'study/sub-01/anat/sub-01_T1w', 'study/sub-02/anat/sub-02_T1w']) {
  const path = join(folder, `${file}.nii.gz`);
  mkdirSync(dirname(path), { recursive: true });
  await writeVolume(path, scan, { space: 'mni' });
}
writeFileSync(
  join(folder, 'study/dataset_description.json'),
  '{"Name": "made up", "BIDSVersion": "1.9.0"}\n',
);
