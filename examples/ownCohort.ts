// Opens a study by its description, with a layout of one's own (ownLayout.yaml and ownLayout.ts) on a folder made for the
// occasion. `node examples/ownCohort.ts`
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { identityAffine, openCohort, readDescription, writeVolume } from 'oinr';

const root = await mkdtemp(join(tmpdir(), 'oinr-example-'));
for (const scan of ['control/anna', 'control/otto', 'patient/emma', 'relapse/hans', 'pilot/test']) {
  const file = join(root, `${scan}.nii.gz`);
  await mkdir(dirname(file), { recursive: true });
  await writeVolume(file, { grid: { shape: [2, 2, 2], affine: identityAffine }, data: new Float32Array(8) });
}

const description = await readDescription(join(import.meta.dirname, 'ownLayout.yaml'));
const cohort = await openCohort(description, { root, environment: process.env });
for (const { id, group } of cohort.subjects) console.log(`${id}: ${group}`);
for (const { what, reason } of cohort.excluded) console.log(`${what} ${reason}`);
await rm(root, { recursive: true });
