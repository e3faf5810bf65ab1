import type { Executor, Predictor, Trainer, TrainingState } from '@oinr/graph';
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
import type { GeometryRange } from './gapFunctions.ts';
import type { PriorNetwork } from './network.ts';
import { initialWeights, kernelNames, priorNetwork } from './network.ts';
import type { Batch, BatchOptions } from './sampler.ts';
import { drawBatch } from './sampler.ts';
import type { Augmentation, Scene, TrainingVolume } from './scene.ts';
import { largestStretch, makeScene, noAugmentation, travellingAugmentation } from './scene.ts';
import { joined, windowCorrection } from './windows.ts';

/** Everything that decides the result of a training, besides the volumes. */
export interface PriorTrainingOptions extends BatchOptions {
  readonly network: PriorNetwork;
  readonly seed: number;
  readonly steps: number;
  readonly learningRate: readonly [start: number, end: number];
  readonly warmupSteps: number;
  readonly augmentation: Augmentation;
  /** Scenes that samples are drawn from at one time, and after how many steps the oldest is replaced. */
  readonly pool: number;
  readonly renewEvery: number;
  /** Steps between two points of the validation curve, and batches that each point is measured on. */
  readonly validateEvery: number;
  readonly validationBatches: number;
}

/** One point of the validation curve: squared error over that of PCHIP, for all samples and per spacing. */
export interface ValidationPoint {
  readonly step: number;
  /** On the augmented training samples since the last point. */
  readonly trainingRatio: number;
  /** On unchanged windows of the validation people; absent where there are none. */
  readonly validationRatio?: number;
  readonly perSpacing: Readonly<Record<string, number>>;
}

/** Where a training stands: enough to go on bit for bit. */
export interface PriorTrainingProgress {
  readonly state: TrainingState;
  readonly curve: readonly ValidationPoint[];
}

export interface PriorTrainingRequest {
  readonly options: PriorTrainingOptions;
  readonly training: readonly TrainingVolume[];
  readonly validation: readonly TrainingVolume[];
  readonly executor: Executor;
  readonly resume?: PriorTrainingProgress;
  readonly signal?: AbortSignal;
  readonly onSteps?: (done: number, ratio: number) => void;
  /** Called after every point of the validation curve, to save it. */
  readonly onCheckpoint?: (progress: PriorTrainingProgress) => Promise<void>;
}

/** The settings of the shipped operator but for its seed, steps and learning rate. */
export const priorTrainingDefaults: Omit<PriorTrainingOptions, 'seed' | 'steps' | 'learningRate'> = {
  network: priorNetwork,
  batch: 4,
  window: 64,
  wanted: 3,
  spacings: [2, 3, 4, 5, 6, 8],
  thickShare: 0.05,
  warmupSteps: 50,
  augmentation: travellingAugmentation,
  pool: 12,
  renewEvery: 12,
  validateEvery: 1000,
  validationBatches: 60,
};

/** A training whose loss stopped being a number. What was saved before is untouched. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

// Several steps in one call keep parameters on the device; scenes change between calls only.
const stepsPerCall = 5;

/**
 * Trains the operator on full-resolution volumes: the loss is the squared error of PCHIP plus correction against the
 * missing slices, weighed as in `sampleWeights`. All randomness is named by seed and step,
 * so a training that was stopped and goes on gives the same weights bit for bit.
 *
 * Throws DivergedError when the loss is not finite.
 */
export async function trainPrior(request: PriorTrainingRequest): Promise<PriorTrainingProgress> {
  const { options, training, validation, executor, resume, signal } = request;
  if (training.length === 0) throw new RangeError('A training needs at least one volume; none was given.');
  const scenes = new ScenePool(training, options);
  const checks = validationBatches(validation, options);
  const curve = [...(resume?.curve ?? [])];
  const start = resume?.state ?? initialWeights(options.network, stream(options.seed, 'initial'));
  const trainer = await executor.trainer(lossProgram(options), start);
  const validator = await openValidator(executor, options);
  try {
    let done = resume?.state.step ?? 0;
    const sums = { error: 0, base: 0 };
    while (done < options.steps) {
      signal?.throwIfAborted();
      const nextStop = Math.min(
        options.steps,
        (Math.floor(done / options.validateEvery) + 1) * options.validateEvery,
      );
      const steps = Math.min(stepsPerCall - (done % stepsPerCall), nextStop - done);
      const batches = Array.from({ length: steps }, (_, i) =>
        drawBatch(scenes.at(done + i), stream(options.seed, 'batch', done + i), options.network, options),
      );
      const ratio = await runSteps(trainer, batches, done, scenes, options);
      done += steps;
      sums.error += ratio * steps;
      sums.base += steps;
      request.onSteps?.(done, ratio);
      if (done !== nextStop) continue;
      const state = await trainer.state();
      const point = await validator.measure(state, checks);
      curve.push({ step: done, trainingRatio: sums.error / sums.base, ...point });
      sums.error = 0;
      sums.base = 0;
      await request.onCheckpoint?.({ state, curve: [...curve] });
    }
    return { state: await trainer.state(), curve };
  } finally {
    await trainer.dispose();
    await validator.dispose();
  }
}

/** The geometries that a training covers: its people's voxel sizes with what the augmentation makes of them. */
export function trainedRange(
  volumes: readonly TrainingVolume[],
  { spacings, augmentation }: PriorTrainingOptions,
): GeometryRange {
  const stretch = augmentation.stretch > 0 ? largestStretch : 1;
  const coarse = augmentation.coarser > 0 ? 3 : augmentation.coarse > 0 ? 2 : 1;
  const [fewest, most] = [Math.min(...spacings), Math.max(...spacings)];
  const seen = volumes.flatMap(({ voxels }) =>
    voxels.map((slice, axis) => {
      const [first = 1, second = 1] = voxels.filter((_, other) => other !== axis);
      return { slice, pixel: Math.sqrt(first * second) };
    }),
  );
  const range = (values: readonly number[], least: number, greatest: number): readonly [number, number] => [
    rounded(Math.min(...values) * least),
    rounded(Math.max(...values) * greatest),
  ];
  const slices = seen.map(({ slice }) => slice);
  return {
    gap: range(slices, fewest / stretch, most * stretch * coarse),
    pixel: range(
      seen.map(({ pixel }) => pixel),
      1 / stretch,
      stretch * coarse,
    ),
    gapInPixels: range(
      seen.map(({ slice, pixel }) => slice / pixel),
      fewest / stretch,
      most * stretch,
    ),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Runs steps and returns their weighted error over the weighted error of PCHIP. */
async function runSteps(
  trainer: Trainer,
  batches: readonly Batch[],
  done: number,
  scenes: ScenePool,
  options: PriorTrainingOptions,
): Promise<number> {
  const weights = batches.flatMap((batch) => sampleWeights(batch, scenes));
  const [rate, end] = options.learningRate;
  const learningRate = cosineDecay(rate, end, done, batches.length, options.steps).map(
    (value, i) => value * Math.min(1, (done + i + 1) / Math.max(1, options.warmupSteps)),
  );
  const losses = await trainer.run(batches.length, {
    blocks: joined(batches.map((batch) => batch.blocks)),
    geometry: joined(batches.map((batch) => batch.geometry)),
    basis: joined(batches.map((batch) => batch.basis)),
    target: joined(batches.map((batch) => batch.target)),
    weights: Float32Array.from(weights),
    learningRate,
  });
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) {
    throw new DivergedError(
      `The loss at step ${done + bad + 1} is ${losses[bad]}: the training stopped, and the last saved weights are kept. ` +
        'Start again with a lower learning rate.',
    );
  }
  const base = batches.map((batch, n) => {
    const own = weights.slice(n * options.batch, (n + 1) * options.batch);
    return weightedSquares(batch.target, own) / batch.target.length;
  });
  const total = losses.reduce((sum, loss) => sum + loss, 0);
  return total / base.reduce((sum, value) => sum + value, 0);
}

function lossProgram(options: PriorTrainingOptions) {
  const { network, batch, window, wanted } = options;
  const error = subtract(
    windowCorrection(network, options),
    input('target', [batch, wanted, window * window]),
  );
  const loss = mean(multiply(square(error), input('weights', [batch, 1, 1])));
  return trainingProgram(loss, { muon: { parameters: kernelNames(network) } });
}

/** The scenes of each step: scene n replaces the oldest at step n renewEvery, whatever was drawn before. */
class ScenePool {
  readonly #volumes: readonly TrainingVolume[];
  readonly #options: PriorTrainingOptions;
  readonly #scenes = new Map<number, Scene>();
  readonly #errors = new WeakMap<Scene, ReadonlyMap<number, number>>();

  constructor(volumes: readonly TrainingVolume[], options: PriorTrainingOptions) {
    this.#volumes = volumes;
    this.#options = options;
  }

  at(step: number): Scene[] {
    const { pool, renewEvery, seed, augmentation } = this.#options;
    const newest = Math.floor(step / renewEvery) + pool - 1;
    for (const n of this.#scenes.keys()) if (n <= newest - pool) this.#scenes.delete(n);
    return Array.from({ length: pool }, (_, i) => {
      const n = newest - i;
      const scene = this.#scenes.get(n) ?? this.#make(n, seed, augmentation);
      this.#scenes.set(n, scene);
      return scene;
    });
  }

  #make(n: number, seed: number, augmentation: Augmentation): Scene {
    const random = stream(seed, 'scene', n);
    const volume = this.#volumes[random.integer(this.#volumes.length)];
    if (!volume) throw new RangeError('There are no training volumes.');
    const scene = makeScene(volume, random, augmentation);
    this.#errors.set(scene, this.#measure(scene, n));
    return scene;
  }

  /** PCHIP's mean squared error in a scene where every `spacing`-th slice is kept. */
  pchipError(scene: Scene, spacing: number): number {
    return this.#errors.get(scene)?.get(spacing) ?? Number.NaN;
  }

  #measure(scene: Scene, n: number): ReadonlyMap<number, number> {
    const { seed, spacings, network } = this.#options;
    return new Map(
      spacings.map((spacing) => {
        const options = { ...this.#options, batch: measuredWindows, spacings: [spacing], thickShare: 0 };
        const { target } = drawBatch([scene], stream(seed, 'scene error', n, spacing), network, options);
        return [spacing, weightedSquares(target, [1]) / target.length];
      }),
    );
  }
}

const measuredWindows = 3;

/**
 * How much each sample of a batch counts: the inverse of PCHIP's error, half of it that of the whole scene at this
 * spacing, half that of the sample. Coarse voxels, wide gaps, strong contrast and thick slices would rule the loss
 * otherwise; and with the sample's own error alone, windows that show hardly anything would.
 */
function sampleWeights({ target, spacing, scenes }: Batch, pool: ScenePool): number[] {
  const each = target.length / spacing.length;
  return spacing.map((k, n) => {
    const scene = scenes[n];
    const own = weightedSquares(target.subarray(n * each, (n + 1) * each), [1]) / each;
    return 2 / ((scene ? pool.pchipError(scene, k) : own) + own + smallestError);
  });
}
const smallestError = 1e-7;

/** The same windows of the validation people at every point of the curve; spacings take turns. */
function validationBatches(
  volumes: readonly TrainingVolume[],
  options: PriorTrainingOptions,
): readonly Batch[] {
  if (volumes.length === 0) return [];
  const random = stream(options.seed, 'validation');
  return Array.from({ length: options.validationBatches }, (_, n) => {
    const volume = volumes[n % volumes.length] as TrainingVolume;
    const scene = makeScene(volume, random, noAugmentation);
    const spacing = options.spacings[Math.floor(n / volumes.length) % options.spacings.length] ?? 2;
    return drawBatch([scene], random, options.network, { ...options, spacings: [spacing], thickShare: 0 });
  });
}

interface Validator {
  measure(
    state: TrainingState,
    batches: readonly Batch[],
  ): Promise<Pick<ValidationPoint, 'validationRatio' | 'perSpacing'>>;
  dispose(): Promise<void>;
}

async function openValidator(executor: Executor, options: PriorTrainingOptions): Promise<Validator> {
  const correction = windowCorrection(options.network, options);
  const predictor: Predictor = await executor.predictor(forwardProgram({ correction }));
  return {
    async measure(state, batches) {
      const sums = new Map<number, { error: number; base: number }>();
      for (const { blocks: x, geometry, basis, target, spacing } of batches) {
        const result = await predictor.run(state.parameters, { blocks: x, geometry, basis });
        const values = result.correction ?? new Float32Array();
        const known = sums.get(spacing[0] ?? 0) ?? { error: 0, base: 0 };
        for (let i = 0; i < target.length; i++) {
          known.error += ((values[i] as number) - (target[i] as number)) ** 2;
          known.base += (target[i] as number) ** 2;
        }
        sums.set(spacing[0] ?? 0, known);
      }
      const ratios = [...sums]
        .sort(([a], [b]) => a - b)
        .map(([k, { error, base }]) => [`${k}`, error / base] as const);
      const perSpacing = Object.fromEntries(ratios);
      if (ratios.length === 0) return { perSpacing };
      const validationRatio = ratios.reduce((sum, [, ratio]) => sum + ratio, 0) / ratios.length;
      return { validationRatio, perSpacing };
    },
    dispose: () => predictor.dispose(),
  };
}

function weightedSquares(values: Float32Array, weights: readonly number[]): number {
  const each = values.length / weights.length;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += (weights[Math.floor(i / each)] as number) * (values[i] as number) ** 2;
  }
  return sum;
}
