import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { MixedTest } from './models.ts';
import type { SmallTestAnswer, SmallTestWorkerData } from './smallTestWorker.ts';
import type { ValuePair } from './values.ts';

/** One of many tests that are small beside the time that it takes to start threads for one. */
export interface SmallTest extends Pick<MixedTest, 'people' | 'usesImputed' | 'design'> {
  readonly ask:
    | {
        /** Whether a voxel is significant at the family-wise error alpha, two-sided, by relabelings. */
        readonly what: 'any';
        readonly permutations: number;
        readonly seed: number;
        readonly alpha: number;
      }
    | {
        /** The voxels whose two-sided p of Student's t is below the level: few people have few relabelings. */
        readonly what: 'voxels';
        readonly level: number;
      };
}

/** What is kept of a small test. */
export interface SmallTestResult {
  readonly isAnySignificant?: boolean;
  readonly found?: Uint8Array;
}

export interface SmallTestsOptions {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called with the number of tests that are done. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Does many small tests on the same values, each in one thread, and hands their results over in the order of the tests.
 * No result depends on the number of threads.
 *
 * @throws the first error of a test; the signal's reason when it is aborted.
 */
export async function smallTests(
  values: ValuePair,
  count: number,
  testOf: (index: number) => SmallTest,
  take: (result: SmallTestResult, index: number) => void,
  { threads = availableParallelism(), signal, onProgress }: SmallTestsOptions = {},
): Promise<void> {
  signal?.throwIfAborted();
  if (count === 0) return;
  const workerData: SmallTestWorkerData = { values };
  const workers = Array.from(
    { length: Math.min(threads, count) },
    () => new Worker(new URL('./smallTestWorker.ts', import.meta.url), { workerData }),
  );
  const waiting = new Map<number, SmallTestResult>();
  let [next, done, taken] = [0, 0, 0];
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      const give = (worker: Worker): void => {
        if (next >= count) return;
        const index = next++;
        worker.postMessage({ index, test: testOf(index) });
      };
      for (const worker of workers) {
        worker.on('error', reject);
        worker.on('message', (answer: SmallTestAnswer) => {
          if ('error' in answer) return reject(new Error(answer.error));
          try {
            waiting.set(answer.index, answer.result);
            for (let here = waiting.get(taken); here !== undefined; here = waiting.get(taken)) {
              take(here, taken);
              waiting.delete(taken);
              taken += 1;
            }
            done += 1;
            onProgress?.(done);
            if (done === count) resolve();
            else give(worker);
          } catch (error) {
            reject(error);
          }
        });
        give(worker);
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
