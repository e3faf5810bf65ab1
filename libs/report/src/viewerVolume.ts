import { encodeNifti } from '@oinr/nifti';
import type { Volume } from '@oinr/volume';

/** T is stored in steps of this size: finer than any colour, and half the bytes of float32 before compression. */
export const viewerStep = 0.02;
const largest = 32_000;

/**
 * A volume as the viewer takes it: gzipped NIfTI in base64, int16 in steps of `step`. Voxels that are not finite
 * because nothing was tested there become 0; a T of infinity becomes the largest value the step can say.
 */
export async function viewerVolume(volume: Volume, step = viewerStep): Promise<string> {
  const limit = largest * step;
  const data = volume.data.map((value) =>
    Number.isNaN(value) ? 0 : Math.min(limit, Math.max(-limit, value)),
  );
  const bytes = await encodeNifti({ grid: volume.grid, data }, 'map.nii.gz', {
    datatype: 'int16',
    slope: step,
    intercept: 0,
  });
  return Buffer.from(bytes).toString('base64');
}
