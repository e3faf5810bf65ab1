import { readVolume } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { SubjectData } from '@oinr/statistics';
import { gaussianSmooth } from '@oinr/volume';
import { type AnalysisMask, requireGrid } from './analysisMask.ts';
import type { DataSet, Study } from './dataSets.ts';
import type { Normalisation } from './options.ts';

export interface Preparation {
  /** Full width at half maximum in mm; 0 for none. */
  readonly smooth: number;
  readonly normalise: Normalisation;
}

/**
 * Reads the volumes of a data set one by one, smooths and normalises each, and keeps the voxels of the mask: 4 bytes
 * per subject and voxel in all. `onVolume` is called with every prepared volume's values at the mask.
 *
 * @throws RunError that names the file.
 */
export async function loadImages(
  dataSet: DataSet,
  study: Study,
  mask: AnalysisMask,
  preparation: Preparation,
  onVolume: (values: Float32Array, subject: number) => void = () => undefined,
): Promise<SubjectData> {
  const data = SubjectData.allocate(study.subjects.length, mask.indices.length);
  for (const [subject, path] of dataSet.paths.entries()) {
    const read = await readVolume(path);
    requireGrid(read, mask.grid, path, study.dataSets[0].paths[0]);
    const volume = preparation.smooth > 0 ? gaussianSmooth(read, preparation.smooth) : read;
    const values = new Float32Array(mask.indices.length);
    for (let voxel = 0; voxel < values.length; voxel += 1) values[voxel] = volume.data[mask.indices[voxel]];
    if (preparation.normalise === 'mean') divideByMean(values, path);
    data.store(subject, values);
    onVolume(values, subject);
  }
  return data;
}

function divideByMean(values: Float32Array, path: string): void {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  if (!(Number.isFinite(mean) && mean > 0)) {
    throw new RunError(
      `${path} has the mean intensity ${mean} inside the analysis mask, so it cannot be normalised by it; check the image, or use --normalise none.`,
    );
  }
  for (let voxel = 0; voxel < values.length; voxel += 1) values[voxel] /= mean;
}
