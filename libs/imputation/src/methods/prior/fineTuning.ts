import type { Executor } from '@oinr/graph';
import { forwardProgram } from '@oinr/graph';
import { batchPredictor, cosineRates, DivergedError } from '@oinr/inr';
import { stream } from '@oinr/random';
import { axisDirections, voxelSizes } from '@oinr/volume';
import { heldOutOfTuning } from '../../heldOut.ts';
import { intensityRange } from '../../intensities.ts';
import type { KeptSlices, MethodContext } from '../../method.ts';
import { planeLayout } from '../../planes/layout.ts';
import { fitInContext } from '../../training/fitInContext.ts';
import type { PriorExpert } from './experts.ts';
import type { PriorNetwork } from './network.ts';
import type { Batch, BatchOptions, Cut } from './sampler.ts';
import { drawBatch } from './sampler.ts';
import type { Scene } from './scene.ts';
import { joined, windowCorrection, windowFeeds, windowTraining } from './windows.ts';

export interface FineTuningSettings {
  readonly steps: number;
  readonly batch: number;
  readonly learningRates: readonly [start: number, end: number];
  /** Batches of held-out lines that decide what is kept. */
  readonly guardBatches: number;
}

export const fineTuningSettings: FineTuningSettings = {
  steps: 100,
  batch: 2,
  learningRates: [1.5e-4, 5e-6],
  guardBatches: 16,
};

/** Mean squared errors on held-out in-plane lines, on intensities divided by their 99.5th percentile. */
export interface HeldOutErrors {
  readonly pchip: number;
  /** Of the operator as it came. */
  readonly prior: number;
  readonly tuned: number;
}

export interface FineTuned {
  readonly weights: Record<string, Float32Array>;
  readonly errors: HeldOutErrors;
}

/** What an operator is tuned on: the kept slices, and the full grid as the operator has filled it. */
export interface FineTuningTask {
  readonly known: KeptSlices;
  readonly filled: Float32Array;
  /** The size of gap that is trained for: every how many slices one is kept. */
  readonly every: number;
}

const window = 48;
const wanted = 3;
/** Gaps of a stack, as in the training across people. */
const gaps = 4;
const stepsPerCall = 10;
/** The loss is divided by a typical error, so that Adam's epsilon is small beside its gradients. */
const lossScale = 1000;

/**
 * Trains the operator on within the subject. The volume as filled by the operator is thinned along the two in-plane
 * axes, at the same distance in mm; only voxels of kept slices count as truth, since the others were never measured.
 * Some kept slices are left out and tell what was gained. Undefined when the slices are too small to be thinned, and when
 * the training diverged.
 */
export async function fineTune(
  { known, filled, every }: FineTuningTask,
  { network, weights: start, upright }: Pick<PriorExpert, 'network' | 'weights' | 'upright'>,
  settings: FineTuningSettings,
  context: MethodContext,
): Promise<FineTuned | undefined> {
  const cuts = inPlaneCuts(known, every);
  if (cuts.length === 0) return undefined;
  const { executor, seed } = context;
  const { batch, steps, learningRates, guardBatches } = settings;
  const options: BatchOptions = { batch, gaps, window, wanted, spacings: [], upright, thickShare: 0, cuts };
  const guard = heldOutOfTuning(known.kept.length).map((n) => known.kept[n]);
  const learned = known.kept.filter((slice) => !guard.includes(slice));
  if (guard.length === 0 || learned.length === 0) return undefined;
  const volume = scaled(filled);
  const training = sceneOf(known, volume, learned);
  try {
    const { state } = await fitInContext(context, 'tuning', {
      step: {
        batch,
        program: (samples) => {
          const weights = [samples, gaps * wanted, window * window];
          const size = { batch: samples, gaps, window, wanted };
          return windowTraining(network, size, { weights, scale: lossScale });
        },
      },
      start,
      steps,
      chunk: stepsPerCall,
      learningRate: cosineRates(...learningRates, steps),
      feeds: (first, count) => {
        const batches = Array.from({ length: count }, (_, n) =>
          drawBatch([training], stream(seed, 'fine-tuning', first + n), network, options),
        );
        return windowFeeds(batches, joined(batches.map(weightsOf)));
      },
      // Batches differ too much for a rise of the loss to mean anything; the guard judges what comes out.
      explosion: Number.POSITIVE_INFINITY,
    });
    const weights = Object.fromEntries(
      Object.entries(state.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
    );
    const heldOut = sceneOf(known, volume, guard);
    const tests = Array.from({ length: guardBatches }, (_, n) =>
      drawBatch([heldOut], stream(seed, 'guard', n), network, options),
    );
    const errors = await heldOutErrors({ network, batch, start, tuned: weights }, tests, executor);
    return { weights, errors };
  } catch (error) {
    if (error instanceof DivergedError) return undefined;
    throw error;
  }
}

/** In-plane axes on which a stack of gaps fits, with the number of lines that is as long as the gap. */
function inPlaneCuts(known: KeptSlices, sliceEvery: number): Cut[] {
  const sizes = voxelSizes(known.grid.affine);
  const distance = sliceEvery * sizes[known.axis];
  return [0, 1, 2]
    .filter((axis) => axis !== known.axis)
    .map((axis) => ({ axis, every: Math.max(2, Math.round(distance / sizes[axis])) }))
    .filter(({ axis, every }) => known.grid.shape[axis] > gaps * every);
}

/** The volume as a scene in which only these slices count as truth. */
function sceneOf({ grid, axis }: KeptSlices, volume: Float32Array, slices: readonly number[]): Scene {
  const { rows, columns, sliceStride, rowStride, columnStride } = planeLayout(grid.shape, axis);
  const weight = new Float32Array(volume.length);
  for (const slice of slices)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        weight[slice * sliceStride + row * rowStride + column * columnStride] = 1;
  const directions = axisDirections(grid.affine);
  return {
    shape: grid.shape,
    voxels: voxelSizes(grid.affine),
    directions,
    measured: volume,
    clean: volume,
    weight,
  };
}

/** Above the smallest value, divided by the 99.5th percentile of what lies above it. */
function scaled(data: Float32Array): Float32Array {
  const { offset, scale } = intensityRange(data) ?? { offset: data[0], scale: 1 };
  return data.map((value) => (value - offset) / scale);
}

/** How much each value of the target counts: nothing where the scene gives no weights. */
function weightsOf({ pixelWeights, target }: Batch): Float32Array {
  return pixelWeights ?? new Float32Array(target.length);
}

type Weights = Readonly<Record<string, Float32Array>>;

/** Errors of PCHIP, which adds nothing, and of the operator before and after its training. */
async function heldOutErrors(
  { network, batch, start, tuned }: { network: PriorNetwork; batch: number; start: Weights; tuned: Weights },
  tests: readonly Batch[],
  executor: Executor,
): Promise<HeldOutErrors> {
  const predictor = await batchPredictor(executor, {
    batch,
    program: (samples) =>
      forwardProgram({ correction: windowCorrection(network, { batch: samples, gaps, window, wanted }) }),
  });
  const sums = { pchip: 0, prior: 0, tuned: 0, weights: 0 };
  try {
    for (const test of tests) {
      const { blocks, geometry, basis, target } = test;
      const feeds = { blocks, geometry, basis };
      const before = (await predictor.run(start, feeds)).correction;
      const after = (await predictor.run(tuned, feeds)).correction;
      for (const [i, weight] of weightsOf(test).entries()) {
        if (weight === 0) continue;
        sums.weights += weight;
        sums.pchip += weight * target[i] ** 2;
        sums.prior += weight * (target[i] - before[i]) ** 2;
        sums.tuned += weight * (target[i] - after[i]) ** 2;
      }
    }
  } finally {
    await predictor.dispose();
  }
  return {
    pchip: sums.pchip / sums.weights,
    prior: sums.prior / sums.weights,
    tuned: sums.tuned / sums.weights,
  };
}
