import type { Executor } from '@oinr/graph';
import { sliceErrors } from '@oinr/metrics';
import { dropSlices, type KeptSlices, keepEvery } from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis, type Volume } from '@oinr/volume';
import { headScale, maskShare } from '../../intensities.ts';
import type { Imputation } from '../../method.ts';
import { interpolationMethods } from '../interpolation.ts';

/** Errors of one volume at one spacing: mean squared, in the mask, over missing slices, scale the 99.5th percentile. */
export interface OperatorErrors {
  readonly axis: AnatomicalAxis;
  readonly every: number;
  readonly operator: number;
  readonly linear: number;
  readonly pchip: number;
  readonly cubic: number;
  /** Error of the operator over that of the best of the three. */
  readonly ratio: number;
  readonly remarks: readonly string[];
}

/** How a volume is thinned, and who imputes it. */
export interface OperatorTrial {
  readonly axis: AnatomicalAxis;
  readonly every: number;
  readonly executor: Executor;
  readonly impute: (known: KeptSlices) => Promise<Pick<Imputation, 'data' | 'remarks'>>;
}

const compared = ['linear', 'pchip', 'cubic'] as const;

/** Drops slices of a full volume, imputes them by the operator and by interpolation, and compares with the truth. */
export async function operatorErrors(
  volume: Volume,
  { axis, every, executor, impute }: OperatorTrial,
): Promise<OperatorErrors> {
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
  for (const name of compared) {
    const method = interpolationMethods.find((candidate) => candidate.name === name);
    if (method === undefined) throw new TypeError(`There is no interpolation ${name}.`);
    errors[name] = errorOf((await method.impute(known, { executor, seed: 0 })).data);
  }
  const { data, remarks } = await impute(known);
  const operator = errorOf(data);
  return { axis, every, operator, ...errors, ratio: operator / Math.min(...Object.values(errors)), remarks };
}
