import { join } from 'node:path';
import { sliceErrors } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { dropSlices, keepEvery } from '@oinr/slices';
import type { ArrayAxis, Volume } from '@oinr/volume';
import { crop } from '@oinr/volume';
import test from 'ava';
import { type ImputationMethod, interpolationMethods, shippedPriorModel } from '../../src/index.ts';
import { oinrPrior } from '../../src/methods/prior/oinrPrior.ts';
import { oinrPriorInternal } from '../../src/methods/prior/oinrPriorInternal.ts';
import { blurAndThin } from '../../src/methods/prior/separable.ts';
import { slicesDiffering } from '../support/kept.ts';
import { cpu, randomModel } from './support.ts';

// The brain under the phantom (BSD licence) is not among the people that the operator was learned from.
const brain = await readVolume(
  join(import.meta.dirname, '../../../../cohorts/phantom-base/colin27_brain_1mm.nii.gz'),
);
const block: Volume = crop(brain, { start: [40, 60, 40], shape: [64, 66, 62] });
const context = { executor: cpu, seed: 1 };

/** The brain at 2 mm, as a scanner with larger voxels would show it. */
function coarse(): Volume {
  const { data, shape } = blurAndThin(brain.data, brain.grid.shape, 0.7, 2);
  const affine = brain.grid.affine.map((value, i) => (i % 4 < 3 && i < 12 ? 2 * value : value));
  return { grid: { shape, affine }, data };
}

/** Mean squared error over the missing slices inside the head, over that of the best interpolation. */
async function ratios(volume: Volume, axis: ArrayAxis, every: number, methods: readonly ImputationMethod[]) {
  const { shape } = volume.grid;
  const kept = keepEvery({ length: shape[axis], every });
  const known = dropSlices(volume, axis, kept);
  const mask = Uint8Array.from(volume.data, (value) => (value > 2 ? 1 : 0));
  const run = async (method: ImputationMethod) => {
    const result = await method.impute(known, context);
    const comparison = { truth: volume.data, imputed: result.data, shape, axis, kept, mask, scale: 130 };
    return { ...result, known, mse: sliceErrors(comparison).mask?.missing.mse ?? Number.NaN };
  };
  const classical: number[] = [];
  for (const method of interpolationMethods) classical.push((await run(method)).mse);
  const best = Math.min(...classical);
  const found = [];
  for (const method of methods) {
    const result = await run(method);
    found.push({ ...result, ratio: result.mse / best });
  }
  return found;
}

test('the shipped operator beats every interpolation on a brain of another scanner, at 2 mm and at 1 mm', async (t) => {
  const small = coarse();
  for (const every of [2, 6]) {
    const [result] = await ratios(small, 1, every, [oinrPrior({ shipped: shippedPriorModel })]);
    t.log(`2 mm, k = ${every}: ${result?.ratio.toFixed(3)}`);
    t.true((result?.ratio ?? 1) < 0.95);
  }
  for (const [axis, every] of [
    [0, 3],
    [1, 3],
    [2, 5],
  ] as const) {
    const [result] = await ratios(block, axis, every, [oinrPrior({ shipped: shippedPriorModel })]);
    t.log(`1 mm, axis ${axis}, k = ${every}: ${result?.ratio.toFixed(3)}`);
    t.true((result?.ratio ?? 1) < 0.95);
    t.deepEqual(slicesDiffering(result?.data ?? new Float32Array(), result?.known ?? ({} as never)), []);
  }
});

test('training inside the subject is guarded: on a brain unlike those learned from, it makes nothing worse', async (t) => {
  // Networks of one axis are not trained on.
  const shipped = async () => {
    const operator = await shippedPriorModel();
    return { ...operator, experts: operator.experts.filter(({ axis }) => axis === undefined) };
  };
  const settings = { steps: 30, batch: 4, learningRates: [5e-4, 2e-5], guardBatches: 8 } as const;
  const [asItCame, tuned] = await ratios(block, 1, 4, [
    oinrPrior({ shipped }),
    oinrPriorInternal({ shipped }, settings),
  ]);
  t.log(`as it came ${asItCame?.ratio.toFixed(3)}, tuned ${tuned?.ratio.toFixed(3)}`);
  t.is(tuned?.steps, 30);
  t.true((tuned?.ratio ?? 1) < 1.01 * (asItCame?.ratio ?? 0));
  const { mse } = tuned?.predicted ?? { mse: {} };
  t.true(mse['oinr-prior'] < mse.pchip);
});

test('the guard falls back to PCHIP when the operator makes things worse', async (t) => {
  const { experts } = await shippedPriorModel();
  const spoil = randomModel(4);
  const { network, weights } = spoil.experts[0];
  const model = { ...spoil, experts: experts.map((expert) => ({ ...expert, network, weights })) };
  const settings = { steps: 10, batch: 2, learningRates: [1e-6, 1e-6] as const, guardBatches: 4 };
  const [spoilt, guarded] = await ratios(block, 1, 4, [
    oinrPrior({ model: async () => model }),
    oinrPriorInternal({ model: async () => model }, settings),
  ]);
  const pchip = interpolationMethods.find(({ name }) => name === 'pchip');
  const [reference] = pchip ? await ratios(block, 1, 4, [pchip]) : [];
  t.true((spoilt?.ratio ?? 0) > 1);
  t.deepEqual(guarded?.data, reference?.data);
  t.regex(guarded?.remarks[0] ?? '', /PCHIP was used/);
});
