import type { Subject } from '@oinr/cohort';
import { readHeader } from '@oinr/nifti';
import { fillBytes } from '@oinr/scan';
import { voxelCount } from '@oinr/volume';
import { isTrained } from './methods.ts';

/**
 * What a job may hold at its peak, from the largest volume that the headers announce, or from one with `factor` times
 * its voxels.
 */
export async function memoryPerJob(
  images: readonly Pick<Subject, 'image'>[],
  methods: readonly string[],
  factor = 1,
): Promise<number> {
  return fillBytes((await mostVoxels(images)) * factor, methods.some(isTrained));
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
