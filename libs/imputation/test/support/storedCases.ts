import { openExecutor } from '@oinr/engines';
import { acquireSlices, dropSlices, keepEvery } from '@oinr/slices';
import { findMethod, priorTrainingDefaults, shippedPriorModel, trainPrior } from '../../src/index.ts';
import { oinrInternal } from '../../src/methods/internal/oinrInternal.ts';
import { oinr } from '../../src/methods/oinr/oinr.ts';
import { compactPreset } from '../../src/methods/oinr/presets.ts';
import { oinrPriorInternal } from '../../src/methods/prior/oinrPriorInternal.ts';
import { blobs } from '../prior/support.ts';
import { gridOf, texture } from './texture.ts';

// What computes in float64 on this engine gives the same values on every machine.
const reference = await openExecutor('reference');
const cpu = await openExecutor('cpu');

const truth = texture([18, 20, 19]);
const even = dropSlices(truth, 1, keepEvery({ length: 20, every: 2 }));
const thick = acquireSlices(truth, 1, keepEvery({ length: 20, every: 2 }), { kind: 'box', thickness: 2 });
const uneven = dropSlices(
  { grid: gridOf([30, 34, 29], [1.1, 0.9, 1.3]), data: blobs([30, 34, 29], 5).data },
  2,
  [1, 3, 5, 7, 9, 11, 14, 17, 20, 21, 23, 27],
);
const little = dropSlices(texture([14, 15, 13]), 1, keepEvery({ length: 15, every: 3 }));

const settings = () => ({
  hidden: [8, 8],
  steps: 60,
  batch: 1,
  gaps: 8,
  columns: 16,
  learningRates: [1e-2, 1e-3] as const,
});
const preset = {
  ...compactPreset,
  octaves: 3,
  network: { ...compactPreset.network, channels: [12, 8, 8, 1] },
  steps: 20,
};
const tuning = { steps: 4, batch: 2, learningRates: [5e-4, 5e-5] as const, guardBatches: 2 };

async function train(): Promise<Float32Array> {
  const shape = [24, 26, 25] as const;
  const person = (seed: number) => ({
    name: `${seed}`,
    shape,
    voxels: [1, 1, 1] as const,
    data: blobs(shape, seed).data,
  });
  const { state } = await trainPrior({
    training: [person(1), person(2)],
    validation: [],
    executor: reference,
    options: {
      ...priorTrainingDefaults,
      network: { reach: 3, block: 2, width: 6, depth: 1, phases: 7 },
      batch: 2,
      window: 16,
      spacings: [2, 3],
      seed: 1,
      steps: 12,
      learningRate: [3e-3, 1e-4],
      warmupSteps: 3,
      pool: 3,
      renewEvery: 5,
      validateEvery: 7,
    },
  });
  return Float32Array.from(
    Object.keys(state.parameters)
      .sort()
      .flatMap((name) => [...state.parameters[name]]),
  );
}

/** Values by name of the case, each computed when it is asked for. */
export const storedCases: Readonly<Record<string, () => Promise<Float32Array>>> = {
  nearest: async () => (await findMethod('nearest').impute(uneven, { executor: reference, seed: 1 })).data,
  linear: async () => (await findMethod('linear').impute(uneven, { executor: reference, seed: 1 })).data,
  pchip: async () => (await findMethod('pchip').impute(uneven, { executor: reference, seed: 1 })).data,
  cubic: async () => (await findMethod('cubic').impute(uneven, { executor: reference, seed: 1 })).data,
  'cubic, thick slices': async () =>
    (await findMethod('cubic').impute(thick, { executor: reference, seed: 1 })).data,
  oinr: async () => (await oinr(preset).impute(little, { executor: reference, seed: 5 })).data,
  'oinr-internal': async () =>
    (await oinrInternal(settings).impute(even, { executor: reference, seed: 3 })).data,
  'oinr-internal, thick slices': async () =>
    (await oinrInternal(settings).impute(thick, { executor: reference, seed: 3 })).data,
  'oinr-prior': async () =>
    (await findMethod('oinr-prior').impute(little, { executor: reference, seed: 1 })).data,
  'oinr-prior, uneven gaps': async () =>
    (await findMethod('oinr-prior').impute(uneven, { executor: cpu, seed: 1 })).data,
  'oinr-prior-internal': async () =>
    (await oinrPriorInternal({ shipped: shippedPriorModel }, tuning).impute(even, { executor: cpu, seed: 3 }))
      .data,
  'training across people': train,
};
