import { percentile } from '@oinr/metrics';
import { axisDirections, boundingBox, crop, type Volume, voxelSizes } from '@oinr/volume';
import type { TrainingVolume } from './scene.ts';

// Voxels below this share of the 99.5th percentile are taken for air when the head's box is sought.
const airShare = 0.05;
const boxMargin = 2;

/** The part of a volume that shows the head; all of it where nothing is above air. */
export function headOf(volume: Volume): Volume {
  const box = boundingBox(volume, boxMargin, airShare * headScale(volume.data));
  return box === undefined ? volume : crop(volume, box);
}

/** The 99.5th percentile of the intensities above air. */
export function headScale(data: Float32Array): number {
  const above = (limit: number) => data.map((value) => (value > limit ? 1 : 0));
  const rough = percentile(data, 99.5, above(0));
  return percentile(data, 99.5, above(airShare * rough));
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
