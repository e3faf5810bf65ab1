import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SubjectData } from '@oinr/statistics';
import type { ImageAnswer, ImageJob, ImageWorkerData } from './imageWorker.ts';
import type { Mask } from './maskFile.ts';
import { RequestError } from './request.ts';

export interface ReadImagesOptions {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onImage?: (done: number) => void;
}

/**
 * Reads the images at the voxels of the mask, in worker threads that inflate, scale and store them straight into
 * shared memory. Throws a RequestError that names the file where one cannot be read, has more than one volume, or
 * differs from the mask in shape or affine.
 */
export async function readImages(
  files: readonly string[],
  mask: Mask,
  maskName: string,
  options: ReadImagesOptions = {},
): Promise<SubjectData> {
  const data = SubjectData.allocate(files.length, mask.maskGrid.indices.length);
  const indices = new SharedArrayBuffer(mask.maskGrid.indices.byteLength);
  new Int32Array(indices).set(mask.maskGrid.indices);
  const workerData: ImageWorkerData = { data: data.handle, grid: mask.grid, indices, maskName };
  const threads = Math.min(options.threads ?? availableParallelism(), files.length);
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./imageWorker.ts', import.meta.url), { workerData }),
  );
  let next = 0;
  let done = 0;
  const { signal } = options;
  try {
    await new Promise<void>((resolve, reject) => {
      const give = (worker: Worker) => {
        if (next < files.length)
          worker.postMessage({ subject: next, file: files[next++] } satisfies ImageJob);
      };
      const stop = () => reject(signal?.reason);
      if (signal?.aborted) stop();
      signal?.addEventListener('abort', stop, { once: true });
      for (const worker of workers) {
        worker.on('error', reject);
        worker.on('message', (answer: ImageAnswer) => {
          if (answer.error !== undefined) {
            reject(new RequestError(answer.error));
            return;
          }
          done += 1;
          options.onImage?.(done);
          if (done === files.length) resolve();
          // The first image is the anchor of the others, so they wait for it.
          else if (done === 1) workers.forEach(give);
          else give(worker);
        });
      }
      give(workers[0]);
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return data;
}
