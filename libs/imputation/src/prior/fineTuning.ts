import type { Executor } from '@oinr/graph';
import {
  cosineDecay,
  forwardProgram,
  input,
  mean,
  multiply,
  square,
  subtract,
  trainingProgram,
} from '@oinr/graph';
import { stream } from '@oinr/random';
import { voxelSizes } from '@oinr/volume';
import type { KeptSlices } from '../method.ts';
import type { PriorNetwork } from './network.ts';
import { kernelNames } from './network.ts';
import { planeLayout, voxelOf } from './planes.ts';
import type { PriorModel } from './priorModel.ts';
import type { Batch, BatchOptions, Cut } from './sampler.ts';
import { drawBatch } from './sampler.ts';
import type { Scene } from './scene.ts';
import { joined, windowCorrection } from './windows.ts';

export interface FineTuningSettings {
  readonly steps: number;
  readonly batch: number;
  readonly learningRates: readonly [start: number, end: number];
  /** Batches of held-out lines that decide what is kept. */
  readonly guardBatches: number;
}

export const fineTuningSettings: FineTuningSettings = {
  steps: 100,
  batch: 4,
  learningRates: [1.5e-4, 5e-6],
  guardBatches: 16,
};

/** Mean squared errors on held-out in-plane lines, on intensities divided by their 99.5th percentile. */
export interface HeldOutErrors {
  readonly pchip: number;
  readonly prior: number;
  readonly tuned: number;
}

export interface FineTuned {
  readonly weights: Record<string, Float32Array>;
  readonly errors: HeldOutErrors;
}

const window = 64;
const wanted = 3;
/** Every how many kept slices one is held out for the guard. */
const heldOutEvery = 6;

/**
 * Trains the operator on within the subject. The volume as filled by the operator is thinned along the two in-plane
 * axes, at the same distance in mm; only voxels of kept slices count as truth, since the others were never measured.
 * Some kept slices are left out and tell what was gained.
 *
 * `size`: the gap that is trained for, in slices. Undefined when the slices are too small to be thinned, or when the
 * loss was not finite.
 */
export async function fineTune(
  known: KeptSlices,
  filled: Float32Array,
  size: number,
  { network, weights: start }: PriorModel,
  executor: Executor,
  seed: number,
  settings: FineTuningSettings,
  onProgress?: (done: number, loss: number) => void,
  signal?: AbortSignal,
): Promise<FineTuned | undefined> {
  const cuts = inPlaneCuts(known, size);
  if (cuts.length === 0) return undefined;
  const options: BatchOptions = { batch: settings.batch, window, wanted, spacings: [], thickShare: 0, cuts };
  const guard = new Set(known.kept.filter((_, n) => n % heldOutEvery === Math.floor(heldOutEvery / 2)));
  const learned = known.kept.filter((slice) => !guard.has(slice));
  if (guard.size === 0 || learned.length === 0) return undefined;
  const volume = scaled(filled);
  const scene = (slices: readonly number[]): Scene => ({
    ...volumeScene(known, volume),
    weight: sliceWeights(known, slices),
  });

  const training = scene(learned);
  const trainer = await executor.trainer(lossProgram(network, settings.batch), start);
  let weights: Record<string, Float32Array>;
  try {
    for (let done = 0; done < settings.steps; done += stepsPerCall) {
      signal?.throwIfAborted();
      const steps = Math.min(stepsPerCall, settings.steps - done);
      const batches = Array.from({ length: steps }, (_, i) =>
        drawBatch([training], stream(seed, 'fine-tuning', done + i), network, options),
      );
      const rate = cosineDecay(...settings.learningRates, done, steps, settings.steps);
      const losses = await trainer.run(steps, { ...stacked(batches), learningRate: rate });
      if (!losses.every(Number.isFinite)) return undefined;
      onProgress?.((done + steps) / settings.steps, losses.at(-1) ?? Number.NaN);
    }
    const state = await trainer.state();
    weights = Object.fromEntries(
      Object.entries(state.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
    );
  } finally {
    await trainer.dispose();
  }
  const heldOut = scene([...guard]);
  const tests = Array.from({ length: settings.guardBatches }, (_, n) =>
    drawBatch([heldOut], stream(seed, 'guard', n), network, options),
  );
  const errors = await heldOutErrors(network, tests, settings.batch, [start, weights], executor);
  return { weights, errors };
}

const stepsPerCall = 10;
// With fewer gaps than this along an axis there is too little to learn from it.
const fewestGaps = 4;

/** In-plane axes with the number of lines that is as long as the gap. */
function inPlaneCuts(known: KeptSlices, size: number): Cut[] {
  const sizes = voxelSizes(known.grid.affine);
  const gap = size * (sizes[known.axis] ?? 1);
  return [0, 1, 2]
    .filter((axis) => axis !== known.axis)
    .map((axis) => ({ axis, spacing: Math.max(2, Math.round(gap / (sizes[axis] ?? 1))) }))
    .filter(({ axis, spacing }) => (known.grid.shape[axis] ?? 0) > fewestGaps * spacing);
}

function volumeScene(known: KeptSlices, volume: Float32Array): Scene {
  const [x = 1, y = 1, z = 1] = voxelSizes(known.grid.affine);
  return { shape: known.grid.shape, voxels: [x, y, z], measured: volume, clean: volume };
}

/** 1 in these slices, 0 elsewhere. */
function sliceWeights(known: KeptSlices, slices: readonly number[]): Float32Array {
  const [nx, ny, nz] = known.grid.shape;
  const { slices: layout, rows, columns } = planeLayout(known.grid.shape, known.axis);
  const weight = new Float32Array(nx * ny * nz);
  for (const slice of slices) {
    for (let pixel = 0; pixel < rows * columns; pixel++) weight[voxelOf(layout, slice, pixel)] = 1;
  }
  return weight;
}

/** Above the smallest value, divided by the 99.5th percentile of what lies above it. */
function scaled(data: Float32Array): Float32Array {
  const low = data.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const above = data.filter((value) => value > low).sort();
  const scale = (above[Math.floor(0.995 * (above.length - 1))] ?? low + 1) - low;
  return data.map((value) => (value - low) / scale);
}

function lossProgram(network: PriorNetwork, batch: number) {
  const shape = [batch, wanted, window * window];
  const error = subtract(windowCorrection(network, { batch, window, wanted }), input('target', shape));
  // Divided by a typical error, so that Adam's epsilon stays out of it.
  const loss = multiply(mean(multiply(square(error), input('weights', shape))), lossScale);
  return trainingProgram(loss, { muon: { parameters: kernelNames(network) } });
}
const lossScale = 1000;

function stacked(batches: readonly Batch[]) {
  const join = (part: (batch: Batch) => Float32Array): Float32Array => joined(batches.map(part));
  return {
    blocks: join((batch) => batch.blocks),
    geometry: join((batch) => batch.geometry),
    basis: join((batch) => batch.basis),
    target: join((batch) => batch.target),
    weights: join((batch) => batch.pixelWeights ?? new Float32Array(batch.target.length)),
  };
}

async function heldOutErrors(
  network: PriorNetwork,
  tests: readonly Batch[],
  batch: number,
  operators: readonly Readonly<Record<string, Float32Array>>[],
  executor: Executor,
): Promise<HeldOutErrors> {
  const predictor = await executor.predictor(
    forwardProgram({ correction: windowCorrection(network, { batch, window, wanted }) }),
  );
  const sums = [0, 0, 0];
  let total = 0;
  try {
    for (const { blocks, geometry, basis, target, pixelWeights } of tests) {
      const results = [undefined];
      const found: (Float32Array | undefined)[] = results;
      for (const weights of operators) {
        found.push((await predictor.run(weights, { blocks, geometry, basis })).correction);
      }
      for (let i = 0; i < target.length; i++) {
        const weight = pixelWeights?.[i] ?? 0;
        if (weight === 0) continue;
        total += weight;
        for (const [n, values] of found.entries()) {
          sums[n] = (sums[n] ?? 0) + weight * ((target[i] as number) - (values?.[i] ?? 0)) ** 2;
        }
      }
    }
  } finally {
    await predictor.dispose();
  }
  const [pchip, prior, tuned] = sums.map((sum) => sum / total);
  return { pchip: pchip ?? Number.NaN, prior: prior ?? Number.NaN, tuned: tuned ?? Number.NaN };
}
