import { axisDirections, boundingBox, crop, type Volume, voxelSizes } from '@oinr/volume';
import { airShare, headScale } from '../../intensities.ts';
import type { TrainingVolume } from './scene.ts';

const boxMargin = 2;

/** The part of a volume that shows the head; all of it where nothing is above air. */
export function headOf(volume: Volume): Volume {
  const box = boundingBox(volume, boxMargin, airShare * headScale(volume.data));
  return box === undefined ? volume : crop(volume, box);
}

/** A head as the training takes it: intensities divided by their scale. */
export function trainingVolume(name: string, { grid, data }: Volume): TrainingVolume {
  const scale = headScale(data);
  const [x = 1, y = 1, z = 1] = voxelSizes(grid.affine);
  return {
    ...{ name, shape: grid.shape, voxels: [x, y, z] },
    directions: axisDirections(grid.affine),
    data: data.map((value) => value / scale),
  };
}
