import { readVolume } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import type { MaskGrid } from '@oinr/statistics';
import { type Grid, sameGrid, type Volume, voxelCount } from '@oinr/volume';
import type { Study } from './dataSets.ts';

/** Which voxels are tested, on the grid that all volumes share. */
export interface AnalysisMask extends MaskGrid {
  readonly grid: Grid;
  /** What the mask is, in words. */
  readonly description: string;
}

/**
 * The voxels to test: those of the file given, else those inside the masks of all subjects (of a subject without a
 * mask: its voxels above 0). Reads one volume at a time.
 *
 * @throws RunError where grids differ or no voxel is left.
 */
export async function analysisMask(study: Study, file: string | undefined): Promise<AnalysisMask> {
  const reference = study.dataSets[0].paths[0];
  const first = await readVolume(reference);
  const { grid } = first;
  if (file !== undefined) {
    const volume = await readVolume(file);
    requireGrid(volume, grid, `The mask ${file}`, reference);
    return withIndices(grid, (voxel) => volume.data[voxel] > 0.5, 'the mask given by --mask');
  }
  const inside = new Uint8Array(voxelCount(grid)).fill(1);
  let masks = 0;
  for (const [index, { id }] of study.subjects.entries()) {
    const own = study.masks[index];
    if (own !== undefined) masks += 1;
    const path = own ?? study.dataSets[0].paths[index];
    const volume = await readVolume(path);
    requireGrid(volume, grid, `${path} of ${id}`, reference);
    const least = own === undefined ? 0 : 0.5;
    // Written so that NaN is outside.
    for (let voxel = 0; voxel < inside.length; voxel += 1)
      if (!(volume.data[voxel] > least)) inside[voxel] = 0;
  }
  const description =
    masks === study.subjects.length
      ? 'voxels inside the masks of all subjects'
      : masks === 0
        ? 'voxels above 0 in all subjects'
        : 'voxels inside the mask of every subject that has one, and above 0 in the others';
  return withIndices(grid, (voxel) => inside[voxel] === 1, description);
}

function withIndices(grid: Grid, isInside: (voxel: number) => boolean, description: string): AnalysisMask {
  const indices: number[] = [];
  const count = voxelCount(grid);
  for (let voxel = 0; voxel < count; voxel += 1) if (isInside(voxel)) indices.push(voxel);
  if (indices.length === 0) {
    throw new RunError(
      `No voxel is in the analysis mask (${description}). Give a mask in the space of the volumes with --mask FILE.`,
    );
  }
  return { grid, shape: grid.shape, indices: Int32Array.from(indices), description };
}

/** A voxel-wise comparison means something only where a voxel is the same place in every volume. */
export function requireGrid(volume: Volume, grid: Grid, what: string, reference: string): void {
  if (sameGrid(volume.grid, grid, 1e-3)) return;
  const shapes = [volume.grid.shape.join(' x '), grid.shape.join(' x ')];
  const difference =
    shapes[0] === shapes[1]
      ? 'the same shape but another affine'
      : `${shapes[0]} voxels where ${shapes[1]} were expected`;
  throw new RunError(
    `${what} lies on another grid than ${reference} (${difference}); a voxel-wise comparison needs all volumes in one space. The stage prepare registers the scans of a cohort to a template and takes what was imputed along; pipeline:study does so by itself.`,
  );
}
