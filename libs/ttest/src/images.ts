import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { SubjectData } from '@oinr/statistics';
import { RequestError } from './errors.ts';
import { type ImageFacts, refuseCopies } from './imageFacts.ts';
import { type Preparation, type TestImage, valuesOfImage } from './imageValues.ts';
import type { ImageAnswer, ImageJob, ImageWorkerData } from './imageWorker.ts';
import type { Mask } from './mask.ts';

export interface ReadImagesOptions {
  readonly preparation?: Preparation;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called after every image with the number of those that are read. */
  readonly onImage?: (done: number) => void;
  /** Called with the values of every image at the voxels of the mask, in the order of the images. */
  readonly onValues?: (values: ArrayLike<number>, subject: number) => void;
  /** Files of fewer bytes in all are read without threads (for tests: the result does not depend on it). */
  readonly inlineBytes?: number;
}

/** Files of fewer bytes than this in all are read sooner than threads are started. */
const usualInlineBytes = 2 ** 25;
/** Where images are prepared, every thread holds whole volumes in float64. */
const mostPreparing = 4;

/** All images of a test. */
export interface ReadImages {
  readonly data: SubjectData;
  /** One per image, in their order. */
  readonly facts: readonly ImageFacts[];
}

/**
 * The images at the voxels of the mask, stored for a test.
 *
 * @throws as readImageValues.
 */
export async function readImages(
  images: readonly TestImage[],
  mask: Mask,
  options: ReadImagesOptions = {},
): Promise<ReadImages> {
  const data = SubjectData.allocate(images.length, mask.indices.length);
  return { data, facts: await readEach(images, mask, data, options) };
}

/**
 * The images at the voxels of the mask, handed over one by one in their order; the facts of each. Nothing is kept of them.
 *
 * @throws what `valuesOfImage` throws: a sentence that names the image; RequestError where two images have the same
 * values; the signal's reason when it is aborted.
 */
export function readImageValues(
  images: readonly TestImage[],
  mask: Mask,
  take: (values: ArrayLike<number>, subject: number) => void,
  options: Omit<ReadImagesOptions, 'onValues'>,
): Promise<readonly ImageFacts[]> {
  return readEach(images, mask, undefined, { ...options, onValues: take });
}

/** Files are read in worker threads, which inflate, scale and prepare them, and store them straight into shared memory. */
async function readEach(
  images: readonly TestImage[],
  mask: Mask,
  data: SubjectData | undefined,
  options: ReadImagesOptions,
): Promise<readonly ImageFacts[]> {
  const facts: ImageFacts[] = new Array(images.length);
  const files = images.filter((image) => typeof image === 'string');
  if (files.length === images.length && bytesOf(files) >= (options.inlineBytes ?? usualInlineBytes))
    await readInThreads(files, mask, { data, facts }, options);
  else {
    for (const [subject, image] of images.entries()) {
      options.signal?.throwIfAborted();
      const { values, facts: own } = await valuesOfImage(image, mask, options.preparation);
      facts[subject] = own;
      data?.store(subject, values);
      options.onValues?.(values, subject);
      options.onImage?.(subject + 1);
    }
  }
  refuseCopies(facts, mask);
  return facts;
}

/** A file that is not there is said by who reads it. */
function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

async function readInThreads(
  files: readonly string[],
  mask: Mask,
  { data, facts }: { readonly data: SubjectData | undefined; readonly facts: ImageFacts[] },
  { preparation, threads, signal, onImage, onValues }: ReadImagesOptions,
): Promise<void> {
  const { indices, ...place } = mask;
  const shared = new SharedArrayBuffer(indices.byteLength);
  new Int32Array(shared).set(indices);
  const workerData: ImageWorkerData = {
    data: data?.handle,
    mask: place,
    indices: shared,
    preparation,
    sendsValues: onValues !== undefined,
  };
  const wanted = threads ?? availableParallelism();
  const most = preparation === undefined ? wanted : Math.min(wanted, mostPreparing);
  const workers = Array.from(
    { length: Math.min(most, files.length) },
    () => new Worker(new URL('./imageWorker.ts', import.meta.url), { workerData }),
  );
  const show = inOrder((values: ArrayLike<number>, subject) => onValues?.(values, subject));
  let next = 0;
  let done = 0;
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
          if ('error' in answer) {
            reject(answer.isForUser ? new RequestError(answer.error) : new Error(answer.error));
            return;
          }
          done += 1;
          facts[answer.subject] = answer.facts;
          if (answer.values !== undefined) show(answer.values, answer.subject);
          onImage?.(done);
          if (done === files.length) resolve();
          // SubjectData keeps all images as differences to the first, which so has to be there before them.
          else if (done === 1) workers.forEach(give);
          else give(worker);
        });
      }
      give(workers[0]);
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Hands values on in the order of their numbers, from 0, whatever the order they come in. */
function inOrder<Value>(take: (value: Value, index: number) => void): (value: Value, index: number) => void {
  const waiting = new Map<number, Value>();
  let next = 0;
  return (value, index) => {
    waiting.set(index, value);
    for (let here = waiting.get(next); here !== undefined; here = waiting.get(next)) {
      take(here, next);
      waiting.delete(next);
      next += 1;
    }
  };
}
