import { readHeader } from '@oinr/nifti';
import { mapPoint, type SpatialTransform } from '@oinr/registration';
import { slicesToKept } from '@oinr/slices';
import type { Mask } from '@oinr/ttest';
import { applyAffine, type Grid, invertAffine, type Vector3, voxelSizes } from '@oinr/volume';
import { readTransform } from '../prepare/scan/transformFile.ts';
import { type ImputedScan, keptSlices, type UnchangedSlices } from './slicePattern.ts';

/** A scan on its own grid, which of its slices were kept, and how a point of the common space gets there. */
export interface KeptScan extends UnchangedSlices {
  readonly grid: Grid;
  /** Common space -> scan; absent where volumes were not registered. */
  readonly transform?: SpatialTransform;
}

export async function readKeptScan({ image, sidecar, transform }: ImputedScan): Promise<KeptScan> {
  const { grid } = await readHeader(image);
  const pattern = await keptSlices(sidecar);
  return {
    grid,
    ...pattern,
    transform: transform === undefined ? undefined : await readTransform(transform),
  };
}

/**
 * How far every voxel of the mask lies from the nearest kept slice of a scan, in mm along the slice axis of the scan: the
 * voxel's place in the common space is taken to the scan's own grid through its transform.
 */
export function distancesToKept(
  { grid, indices }: Pick<Mask, 'grid' | 'indices'>,
  { grid: own, axis, kept, transform }: KeptScan,
): Float32Array {
  const [nx, ny] = grid.shape;
  // Of the scan's voxels only the number of the slice is needed.
  const [a, b, c, d] = invertAffine(own.affine).slice(4 * axis, 4 * axis + 4);
  const ascending = [...kept].sort((one, other) => one - other);
  const size = voxelSizes(own.affine)[axis];
  return Float32Array.from(indices, (voxel) => {
    const place: Vector3 = [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
    const world = applyAffine(grid.affine, place);
    const [x, y, z] = transform === undefined ? world : mapPoint(transform, world);
    return size * slicesToKept(ascending, a * x + b * y + c * z + d);
  });
}
