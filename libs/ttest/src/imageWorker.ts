import { parentPort, workerData } from 'node:worker_threads';
import { readImage } from '@oinr/nifti';
import { SubjectData, type SubjectDataHandle } from '@oinr/statistics';
import { type Grid, sameGrid } from '@oinr/volume';

export interface ImageWorkerData {
  readonly data: SubjectDataHandle;
  readonly grid: Grid;
  readonly indices: SharedArrayBuffer;
  readonly maskName: string;
}

export interface ImageJob {
  readonly subject: number;
  readonly file: string;
}

export interface ImageAnswer {
  readonly error?: string;
}

/** A sentence saying how an image differs from the mask; undefined where it lies in the same voxels. */
function gridDifference(file: string, image: Grid, mask: Grid, maskName: string): string | undefined {
  if (image.shape.join() !== mask.shape.join()) {
    return `${file} has ${image.shape.join(' x ')} voxels, but the mask ${maskName} has ${mask.shape.join(' x ')}. All images must lie in one space: register and resample them first.`;
  }
  if (!sameGrid(image, mask)) {
    const rows = (grid: Grid) =>
      [0, 4, 8].map((row) => grid.affine.slice(row, row + 4).join(' ')).join(' / ');
    return `${file} has another affine (${rows(image)}) than the mask ${maskName} (${rows(mask)}). All images must lie in one space: register and resample them first.`;
  }
  return undefined;
}

async function load(job: ImageJob, data: SubjectData, indices: Int32Array): Promise<ImageAnswer> {
  const { grid, maskName } = workerData as ImageWorkerData;
  const { header, stored, slope, intercept } = await readImage(job.file);
  if (header.dimensions.slice(3).some((size) => size > 1)) {
    return {
      error: `${job.file} holds several volumes (${header.dimensions.join(' x ')}); one 3-D volume per row was expected. Extract the volume that you mean.`,
    };
  }
  const difference = gridDifference(job.file, header.grid, grid, maskName);
  if (difference !== undefined) return { error: difference };
  const values = Float64Array.from(indices, (index) => slope * Number(stored[index]) + intercept);
  if (!values.some(Number.isFinite)) {
    return {
      error: `${job.file} has no finite value in the mask ${maskName}, so no voxel could be tested. Check the image, or leave its row out.`,
    };
  }
  data.store(job.subject, values);
  return {};
}

const port = parentPort;
if (port) {
  const { data: handle, indices: shared } = workerData as ImageWorkerData;
  const data = SubjectData.share(handle);
  const indices = new Int32Array(shared);
  port.on('message', (job: ImageJob) => {
    load(job, data, indices).then(
      (answer) => port.postMessage(answer),
      (error: unknown) => port.postMessage({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
}
