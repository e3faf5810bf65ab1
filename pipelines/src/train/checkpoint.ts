import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@oinr/files';
import { sizeOf } from '@oinr/graph';
import {
  decodeSafetensors,
  encodeSafetensors,
  type PriorNetwork,
  type PriorTrainingProgress,
  parameterShapes,
} from '@oinr/imputation';

const parts = ['parameters', 'firstMoments', 'secondMoments'] as const;
/** The file of the n-th network of an operator. */
const fileName = (expert: number): string => `expert${expert + 1}.safetensors`;

/** From step `from` on, the learning rate fell towards its end at step `steps`. */
export interface ScheduledPart {
  readonly from: number;
  readonly steps: number;
}

/** A training that can go on, the plans that it has followed so far, and the CPU time that it took from its first step. */
export interface SavedTraining extends PriorTrainingProgress {
  readonly schedule: readonly ScheduledPart[];
  readonly cpuSeconds: number;
}

/** Saves where a training stands, with a fingerprint of all that decides how it goes on. */
export async function saveCheckpoint(
  folder: string,
  expert: number,
  network: PriorNetwork,
  { state, curve, schedule, cpuSeconds }: SavedTraining,
  fingerprint: string,
): Promise<void> {
  const shapes = parameterShapes(network);
  const tensors = Object.fromEntries(
    parts.flatMap((part) =>
      Object.entries(shapes).map(([name, shape]) => [
        `${part}.${name}`,
        { shape, values: Float32Array.from(state[part][name] ?? new Float32Array(sizeOf(shape))) },
      ]),
    ),
  );
  const metadata = {
    step: `${state.step}`,
    curve: JSON.stringify(curve),
    fingerprint,
    schedule: JSON.stringify(schedule),
    cpuSeconds: `${cpuSeconds}`,
  };
  await writeFileAtomic(join(folder, fileName(expert)), encodeSafetensors({ tensors, metadata }));
}

/** The saved state, or undefined where there is none or it belongs to other options, data or code. */
export async function loadCheckpoint(
  folder: string,
  expert: number,
  network: PriorNetwork,
  fingerprint: string,
): Promise<SavedTraining | undefined> {
  const bytes = await readFile(join(folder, fileName(expert))).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const { tensors, metadata } = decodeSafetensors(bytes, fileName(expert));
  if (metadata.fingerprint !== fingerprint) return undefined;
  const named = (part: string): Record<string, Float32Array> =>
    Object.fromEntries(
      Object.keys(parameterShapes(network)).map((name) => [
        name,
        tensors[`${part}.${name}`]?.values ?? new Float32Array(),
      ]),
    );
  return {
    state: {
      step: Number(metadata.step),
      parameters: named('parameters'),
      firstMoments: named('firstMoments'),
      secondMoments: named('secondMoments'),
    },
    curve: JSON.parse(metadata.curve ?? '[]'),
    schedule: JSON.parse(metadata.schedule ?? '[]'),
    cpuSeconds: Number(metadata.cpuSeconds ?? 0),
  };
}
