import { parentPort, workerData } from 'node:worker_threads';
import { errorReport, isUserError } from '@oinr/errors';
import { SubjectData, type SubjectDataHandle } from '@oinr/statistics';
import type { ImageFacts } from './imageFacts.ts';
import { type Preparation, valuesOfImage } from './imageValues.ts';
import type { Mask } from './mask.ts';

export interface ImageWorkerData {
  /** Where values are stored, where they are. */
  readonly data: SubjectDataHandle | undefined;
  /** Without its voxels: those are shared. */
  readonly mask: Omit<Mask, 'indices'>;
  readonly indices: SharedArrayBuffer;
  readonly preparation: Preparation | undefined;
  /** Whether somebody wants to see the values. */
  readonly sendsValues: boolean;
}

export interface ImageJob {
  readonly subject: number;
  readonly file: string;
}

export type ImageAnswer =
  | {
      readonly subject: number;
      readonly facts: ImageFacts;
      readonly values?: Float32Array | Float64Array;
    }
  | { readonly error: string; readonly isForUser: boolean };

const port = parentPort;
if (port) {
  const { data: handle, mask: place, indices, preparation, sendsValues } = workerData as ImageWorkerData;
  const data = handle && SubjectData.share(handle);
  const mask = { ...place, indices: new Int32Array(indices) };
  const load = async ({ subject, file }: ImageJob): Promise<ImageAnswer> => {
    const { values, facts } = await valuesOfImage(file, mask, preparation);
    data?.store(subject, values);
    return sendsValues ? { subject, facts, values } : { subject, facts };
  };
  port.on('message', (job: ImageJob) => {
    load(job).then(
      (answer) => port.postMessage(answer),
      (error: unknown) => port.postMessage({ error: errorReport(error), isForUser: isUserError(error) }),
    );
  });
}
