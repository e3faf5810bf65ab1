import type { Subject } from '@oinr/cohort';
import { readHeader } from '@oinr/nifti';
import { voxelCount } from '@oinr/volume';
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
  images: readonly Pick<Subject, 'image'>[],
  methods: readonly string[],
  factor = 1,
): Promise<number> {
  const perVoxel = methods.some(isTrained) ? bytesPerVoxel.trained : bytesPerVoxel.interpolated;
  return fixedBytes + perVoxel * (await mostVoxels(images)) * factor;
}

/** Voxels of the largest image, by the headers. An unreadable file is its subject's failure, told later with its name. */
export async function mostVoxels(images: readonly Pick<Subject, 'image'>[]): Promise<number> {
  let most = 0;
  for (const { image } of images) {
    const header = await readHeader(image).catch(() => undefined);
    if (header) most = Math.max(most, voxelCount(header.grid));
  }
  return most;
}
