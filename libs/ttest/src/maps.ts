import { type Volume, voxelCount } from '@oinr/volume';
import type { Mask } from './mask.ts';

/** What a map holds where nothing was tested: outside the mask, and in voxels of it that could not be tested. */
export const outsideChoices = ['nan', 'zero'] as const;
export type Outside = (typeof outsideChoices)[number];

/**
 * Results of a test as a volume. Where nothing was tested it holds NaN, or `nothing`: the value of the map that says that
 * nothing was found, which is 0 but 1 for p and q, of which 0 would be the most significant.
 */
export function resultVolume(
  values: ArrayLike<number>,
  mask: Mask,
  { outside, nothing = 0 }: { readonly outside: Outside; readonly nothing?: number },
): Volume {
  if (outside === 'nan') return mapVolume(values, mask);
  const volume = mapVolume(values, mask, nothing);
  for (let voxel = 0; voxel < values.length; voxel += 1)
    if (Number.isNaN(values[voxel])) volume.data[mask.indices[voxel]] = nothing;
  return volume;
}

/** -log10 of a p, 0 (not -0) at p = 1. */
export function minusLog10(p: number): number {
  return p === 1 ? 0 : -Math.log10(p);
}

/** Values at the voxels of the mask as a volume, `outside` (NaN by default) elsewhere. */
export function mapVolume(values: ArrayLike<number>, mask: Mask, outside = Number.NaN): Volume {
  const data = new Float32Array(voxelCount(mask.grid)).fill(outside);
  for (let voxel = 0; voxel < values.length; voxel += 1) data[mask.indices[voxel]] = values[voxel];
  return { grid: mask.grid, data };
}
