import type { Executor } from '@oinr/graph';
import { applyPrior, type ImputationMethod, interpolationMethods, type PriorModel } from '@oinr/imputation';
import { sliceErrors } from '@oinr/metrics';
import { dropSlices, keepEvery } from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis, type Volume } from '@oinr/volume';
import { headScale } from './people.ts';

/** Errors of one volume at one spacing: mean squared, in the mask, over missing slices, scale the 99.5th percentile. */
export interface Measurement {
  readonly name: string;
  readonly axis: AnatomicalAxis;
  readonly every: number;
  readonly operator: number;
  readonly linear: number;
  readonly pchip: number;
  readonly cubic: number;
  /** Error of the operator over that of the best of the three. */
  readonly ratio: number;
  /** CPU seconds (user and system) of the operator. */
  readonly seconds: number;
  readonly remarks: readonly string[];
}

const compared = ['linear', 'pchip', 'cubic'] as const;
// The mask where none is given: voxels above this share of the scale.
const maskShare = 0.02;

/** Drops slices of a full volume, imputes them by the operator and by interpolation, and compares with the truth. */
export async function measureOperator(
  name: string,
  volume: Volume,
  axis: AnatomicalAxis,
  every: number,
  model: PriorModel,
  executor: Executor,
): Promise<Measurement> {
  const stored = arrayAxis(volume.grid, axis);
  const { shape } = volume.grid;
  const kept = keepEvery({ length: shape[stored], every });
  const known = dropSlices(volume, stored, kept);
  const scale = headScale(volume.data);
  const mask = Uint8Array.from(volume.data, (value) => (value > maskShare * scale ? 1 : 0));
  const errorOf = (imputed: Float32Array): number =>
    sliceErrors({ truth: volume.data, imputed, shape, axis: stored, kept, mask, scale }).mask?.missing.mse ??
    Number.NaN;
  const errors: Record<(typeof compared)[number], number> = { linear: 0, pchip: 0, cubic: 0 };
  for (const other of compared) {
    const method = interpolationMethods.find((candidate) => candidate.name === other) as ImputationMethod;
    errors[other] = errorOf((await method.impute(known, { executor, seed: 0 })).data);
  }
  const before = process.cpuUsage();
  const { data, remarks } = await applyPrior(known, model, executor);
  const spent = process.cpuUsage(before);
  const operator = errorOf(data);
  return {
    name,
    axis,
    every,
    operator,
    ...errors,
    ratio: operator / Math.min(...Object.values(errors)),
    seconds: (spent.user + spent.system) / 1e6,
    remarks,
  };
}
