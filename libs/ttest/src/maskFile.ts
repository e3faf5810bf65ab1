import { readVolume } from '@oinr/nifti';
import type { MaskGrid } from '@oinr/statistics';
import type { Grid } from '@oinr/volume';
import { RequestError } from './request.ts';

/** A mask: where it lies, and which voxels are in it (value > 0.5). */
export interface Mask {
  readonly grid: Grid;
  readonly maskGrid: MaskGrid;
}

/** Reads a mask. Throws a RequestError where no voxel exceeds 0.5. */
export async function readMask(path: string): Promise<Mask> {
  const { grid, data } = await readVolume(path);
  const indices = Int32Array.from(data.keys()).filter((index) => data[index] > 0.5);
  if (indices.length === 0) {
    throw new RequestError(
      `${path} is an empty mask: no voxel is larger than 0.5. Give the mask of the voxels to test.`,
    );
  }
  return { grid, maskGrid: { shape: grid.shape, indices } };
}
