import { sigmaOfFwhm } from '@oinr/statistics';
import { boundingBox, crop, type Grid, gaussianSmooth, type Volume, voxelSizes } from '@oinr/volume';

/**
 * Smooths volumes of one grid by a Gaussian as `gaussianSmooth` does, but only around the brain, since nothing else is looked
 * at: inside it the values are the same, outside they are as they were.
 *
 * @param inside one per voxel, 1 inside the brain.
 */
export function brainSmoother(
  grid: Grid,
  inside: Uint8Array,
): (volume: Volume, fwhm: number) => Float32Array {
  const brain = { grid, data: Float32Array.from(inside) };
  return (volume, fwhm) => {
    if (!(fwhm > 0)) return volume.data;
    // The kernel ends at 4 standard deviations.
    const reach = 4 * sigmaOfFwhm(fwhm);
    const box = boundingBox(brain, Math.ceil(reach / Math.min(...voxelSizes(grid.affine))) + 1);
    if (box === undefined) throw new Error('There is no brain to smooth.');
    const { data } = gaussianSmooth(crop(volume, box), fwhm);
    const smoothed = volume.data.slice();
    const [nx, ny] = grid.shape;
    const [bx, by, bz] = box.shape;
    for (let k = 0; k < bz; k++)
      for (let j = 0; j < by; j++) {
        const line = bx * (j + by * k);
        const to = box.start[0] + nx * (box.start[1] + j + ny * (box.start[2] + k));
        smoothed.set(data.subarray(line, line + bx), to);
      }
    return smoothed;
  };
}
