import { type Volume, voxelCount } from '@oinr/volume';
import type { Mask } from './mask.ts';

/** Values at the voxels of the mask as a volume, `outside` (NaN by default) elsewhere. */
export function mapVolume(values: ArrayLike<number>, mask: Mask, outside = Number.NaN): Volume {
  const data = new Float32Array(voxelCount(mask.grid)).fill(outside);
  for (let voxel = 0; voxel < values.length; voxel += 1) data[mask.indices[voxel]] = values[voxel];
  return { grid: mask.grid, data };
}
