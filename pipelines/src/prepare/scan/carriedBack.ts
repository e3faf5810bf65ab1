import { mapBack, type SpatialTransform, type Target } from '@oinr/registration';
import { applyAffine, type Grid, invertAffine, type Volume, voxelCount, voxelSampler } from '@oinr/volume';

/** A mask on the template's grid as it lies on that of a scan: 1 inside, else 0. */
export function carriedBack({ template, mask }: Target, transform: SpatialTransform, grid: Grid): Volume {
  const sample = voxelSampler({ grid: template.grid, data: Float32Array.from(mask) }, 'linear');
  const toVoxels = invertAffine(template.grid.affine);
  const [nx, ny] = grid.shape;
  const data = new Float32Array(voxelCount(grid));
  for (let index = 0; index < data.length; index += 1) {
    const point = applyAffine(grid.affine, [
      index % nx,
      Math.floor(index / nx) % ny,
      Math.floor(index / (nx * ny)),
    ]);
    data[index] = sample(...applyAffine(toVoxels, mapBack(transform, point))) > 0.5 ? 1 : 0;
  }
  return { grid, data };
}
