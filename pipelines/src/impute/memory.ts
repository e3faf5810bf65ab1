import type { Subject } from '@oinr/cohort';
import { readHeader } from '@oinr/nifti';
import { isTrained } from './methods.ts';

// Node, the libraries and the executor; then copies of the volume (truth, scaled, imputed twice, file bytes, mask) and,
// for trained methods, what a fit holds of it. An estimate, held against two measurements only: 0.97 GB with
// interpolations and 0.5 GB with oinr-internal, both on 15 million voxels, one job.
const fixedBytes = 250 * 2 ** 20;
const bytesPerVoxel = { interpolated: 40, trained: 80 };

/**
 * What a job may hold at its peak, from the largest volume that the headers announce, or from one with `factor` times
 * its voxels.
 */
export async function memoryPerJob(
  subjects: readonly Subject[],
  methods: readonly string[],
  factor = 1,
): Promise<number> {
  let voxels = 0;
  for (const { image } of subjects) {
    // An unreadable file is that subject's failure, told later with its name.
    const header = await readHeader(image).catch(() => undefined);
    const [nx = 1, ny = 1, nz = 1] = header?.grid.shape ?? [];
    voxels = Math.max(voxels, nx * ny * nz);
  }
  const perVoxel = methods.some(isTrained) ? bytesPerVoxel.trained : bytesPerVoxel.interpolated;
  return fixedBytes + perVoxel * voxels * factor;
}
