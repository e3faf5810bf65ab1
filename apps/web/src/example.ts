import { join } from 'node:path';
import { phantomBaseFolder } from '@oinr/cohort';
import { readVolume } from '@oinr/nifti';
import { acquireSlices, keepEvery, keptVolume } from '@oinr/slices';
import type { ArrayAxis, Volume } from '@oinr/volume';

/** Millimetres in plane, and of the slices, which fill their distance. */
export const example = { inPlane: 2, slice: 6 } as const;

/**
 * The scan that the page offers: the Colin27 brain as it would be with axial slices of 6 mm and voxels of 2 mm in plane,
 * averaged over both.
 */
export async function exampleScan(): Promise<Volume> {
  const brain = await readVolume(join(phantomBaseFolder, 'colin27_brain_1mm.nii.gz'));
  const fine = averaged(averaged(brain, 0, example.inPlane), 1, example.inPlane);
  const thick = averaged(fine, 2, example.slice);
  return { grid: thick.grid, data: thick.data.map(Math.round) };
}

/** Every `factor` voxels of 1 mm along an axis as their mean; what is left over at the end is cut off. */
function averaged({ grid, data }: Volume, axis: ArrayAxis, factor: number): Volume {
  const length = grid.shape[axis];
  const kept = keepEvery({ length, every: factor, offset: Math.floor((factor - 1) / 2) }).filter(
    (first) => first + Math.ceil(factor / 2) < length,
  );
  return keptVolume(acquireSlices({ grid, data }, axis, kept, { kind: 'box', thickness: factor }));
}
