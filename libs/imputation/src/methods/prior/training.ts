import { InputError } from '@oinr/errors';
import type { Executor, TrainingProgram, TrainingState } from '@oinr/graph';
import { cosineDecay, forwardProgram } from '@oinr/graph';
import { batchPredictor, DivergedError, fit } from '@oinr/inr';
import { stream } from '@oinr/random';
import { worldAxisOf } from '@oinr/volume';
import { expertsFor, type PriorExpert, type TaughtGeometry } from './experts.ts';
import type { GeometryRange } from './gapFunctions.ts';
import type { PriorNetwork } from './network.ts';
import { initialWeights, priorNetwork } from './network.ts';
import type { Batch, BatchOptions } from './sampler.ts';
import { drawBatch } from './sampler.ts';
import type { Augmentation, Scene, TrainingVolume } from './scene.ts';
import {
  largestStretch,
  lightAugmentation,
  makeScene,
  noAugmentation,
  travellingAugmentation,
} from './scene.ts';
import { windowCorrection, windowFeeds, windowTraining } from './windows.ts';

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
  /** Weights to begin with, of a network of the same shapes; random ones by default. */
  readonly start?: Readonly<Record<string, Float32Array>>;
  readonly signal?: AbortSignal;
  readonly onSteps?: (done: number, ratio: number) => void;
  /** Called after every point of the validation curve, to save it. */
  readonly onCheckpoint?: (progress: PriorTrainingProgress) => Promise<void>;
}

/** The settings of the shipped operator but for its seed, steps and learning rate. */
export const priorTrainingDefaults: Omit<PriorTrainingOptions, 'seed' | 'steps' | 'learningRate'> = {
  network: priorNetwork,
  batch: 2,
  gaps: 4,
  window: 48,
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

/**
 * What differs from these where people's axes have directions, as those of scans have: slices are seen upright, which is
 * worth a tenth of the error (docs/prior.md), and one large window in place of two: fewer pixels lie at a border, which a whole slice does not have.
 */
export const uprightTraining = {
  batch: 1,
  window: 68,
  upright: true,
} satisfies Partial<PriorTrainingOptions>;

/** What differs in the settings of a network of one axis; see lightAugmentation. */
export const oneAxisTraining = {
  thickShare: 0.03,
  augmentation: lightAugmentation,
} satisfies Partial<PriorTrainingOptions>;

/** Several steps in one call keep parameters on the device; scenes change between calls only. */
const stepsPerCall = 5;

/**
 * Trains the operator on full-resolution volumes: the loss is the squared error of PCHIP plus correction against the
 * missing slices, weighed as in `sampleWeights`. All randomness is named by seed and step,
 * so a training that was stopped and goes on gives the same weights bit for bit.
 *
 * Throws DivergedError when the loss is not finite: the learning rate is an option of the training, so it is not lowered
 * without being asked.
 */
export async function trainPrior(request: PriorTrainingRequest): Promise<PriorTrainingProgress> {
  const { options, training, validation, executor, resume, signal } = request;
  if (training.length === 0) throw new InputError('A training needs at least one volume; none was given.');
  const scenes = new ScenePool(training, options);
  const checks = validationBatches(validation, options);
  const validator = await openValidator(executor, options);
  const curve = [...(resume?.curve ?? [])];
  const ratios = new RatioRecord();
  const measurePoint = async (state: TrainingState): Promise<void> => {
    const point = await validator.measure(state.parameters, checks);
    curve.push({ step: state.step, trainingRatio: ratios.take(), ...point });
    await request.onCheckpoint?.({ state, curve: [...curve] });
  };
  const isPoint = (step: number): boolean => step % options.validateEvery === 0;
  let done = resume?.state.step ?? 0;
  try {
    const { state } = await fit({
      executor,
      signal,
      step: { batch: options.batch, program: (batch) => trainingStep({ ...options, batch }) },
      start:
        resume?.state ?? request.start ?? initialWeights(options.network, stream(options.seed, 'initial')),
      steps: options.steps,
      chunk: (step) =>
        Math.min(
          stepsPerCall - (step % stepsPerCall),
          options.validateEvery - (step % options.validateEvery),
        ),
      learningRate: (first, count) => warmRates(options, first, count),
      feeds: (first, count) => {
        const batches = Array.from({ length: count }, (_, n) =>
          drawBatch(scenes.at(first + n), stream(options.seed, 'batch', first + n), options.network, options),
        );
        const weights = batches.flatMap((batch) => sampleWeights(batch, scenes));
        ratios.base = pchipLoss(batches, weights);
        return windowFeeds(batches, Float32Array.from(weights));
      },
      restarts: 0,
      explosion: Number.POSITIVE_INFINITY,
      onLosses: (losses, first) => {
        // Memory ran out, and the fit has begun again with smaller parts of its batches.
        if (first < done) {
          curve.length = resume?.curve.length ?? 0;
          ratios.take();
        }
        done = first + losses.length;
        const ratio = ratios.add(losses);
        request.onSteps?.(done, ratio);
      },
      keeper: {
        // Points of the curve are where a training is kept, and it goes on from `resume`.
        load: async () => undefined,
        offer: async (take) => {
          if (isPoint(done)) await measurePoint((await take()).state);
        },
      },
    });
    if ((resume?.state.step ?? 0) < options.steps) await measurePoint(state);
    return { state, curve };
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const { step, loss } = error.last;
    throw new DivergedError(
      `The loss at step ${step} is ${loss}: the training stopped, and the last saved weights are kept. ` +
        'Start again with a lower learning rate.',
      error.last,
    );
  } finally {
    await validator.dispose();
  }
}

/** A network of one axis, the last point of its validation curve, and the networks beside it. */
export interface OneAxisTrained {
  readonly own: PriorExpert;
  readonly last: ValidationPoint | undefined;
  readonly others: readonly PriorExpert[];
}

/**
 * The error of a network of one axis over that of the network of all axes which would answer in its place, on the windows that its
 * validation curve was measured on. Undefined where nobody was held out and where no network of all axes answers there.
 */
export async function errorOverAllAxes(
  { own, last, others }: OneAxisTrained,
  options: PriorTrainingOptions,
  validation: readonly TrainingVolume[],
  executor: Executor,
): Promise<number | undefined> {
  const { axis, taught: [taught] = [] } = own;
  if (axis === undefined || taught === undefined || last?.validationRatio === undefined) return undefined;
  const ofAllAxes = others.filter((expert) => expert.axis === undefined);
  const [instead] = expertsFor(ofAllAxes, { ...taught, thickness: 0 }, axis).shares;
  if (instead === undefined || !takeTheSame(own.network, instead.expert.network)) return undefined;
  const { network, weights } = instead.expert;
  const validator = await openValidator(executor, { ...options, network });
  try {
    const { validationRatio } = await validator.measure(weights, validationBatches(validation, options));
    return validationRatio && last.validationRatio / validationRatio;
  } finally {
    await validator.dispose();
  }
}

/** Whether two networks see the same of a batch. */
function takeTheSame(a: PriorNetwork, b: PriorNetwork): boolean {
  return a.reach === b.reach && a.block === b.block && a.phases === b.phases;
}

/** Losses over those of PCHIP, summed up between two points of the curve. */
class RatioRecord {
  /** The loss of PCHIP in the steps that are being taken. */
  base = 0;
  #error = 0;
  #steps = 0;

  /** Takes the losses of these steps in, and returns their ratio. */
  add(losses: Float32Array): number {
    const ratio = losses.reduce((sum, loss) => sum + loss, 0) / this.base;
    this.#error += ratio * losses.length;
    this.#steps += losses.length;
    return ratio;
  }

  /** The mean ratio since the last point. */
  take(): number {
    const mean = this.#error / this.#steps;
    this.#error = 0;
    this.#steps = 0;
    return mean;
  }
}

/** The geometries that a training covers: its people's voxel sizes, along its axis or all, with what the augmentation makes of them. */
export function trainedRange(
  volumes: readonly TrainingVolume[],
  { spacings, axis, augmentation }: Pick<PriorTrainingOptions, 'spacings' | 'axis' | 'augmentation'>,
): GeometryRange {
  const stretch = augmentation.stretch > 0 ? largestStretch : 1;
  const coarse = augmentation.coarser > 0 ? 3 : augmentation.coarse > 0 ? 2 : 1;
  const [fewest, most] = [Math.min(...spacings), Math.max(...spacings)];
  const seen = slicesOf(volumes, axis);
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

/**
 * The gaps that a network is made for, in pixels: those of its people as they are, along its axis or all three. What
 * augmentation adds on both sides makes it robust there, but another network may have been trained on nothing else.
 */
export function ownGaps(
  volumes: readonly TrainingVolume[],
  { spacings, axis }: Pick<PriorTrainingOptions, 'spacings' | 'axis'>,
): readonly [smallest: number, largest: number] {
  const perSlice = slicesOf(volumes, axis).map(({ slice, pixel }) => slice / pixel);
  return [
    rounded(Math.min(...spacings) * Math.min(...perSlice)),
    rounded(Math.max(...spacings) * Math.max(...perSlice)),
  ];
}

/** The gaps that a network of one axis is trained on, of its people as they are, in mm; undefined for one of all axes. */
export function taughtGeometries(
  volumes: readonly TrainingVolume[],
  { spacings, axis }: Pick<PriorTrainingOptions, 'spacings' | 'axis'>,
): readonly TaughtGeometry[] | undefined {
  if (axis === undefined) return undefined;
  const all = slicesOf(volumes, axis).flatMap(({ slice, pixel }) =>
    spacings.map((every) => ({ distance: rounded(every * slice), pixel: rounded(pixel) })),
  );
  return [...new Map(all.map((one) => [`${one.distance} ${one.pixel}`, one])).values()];
}

/** Slice distance and pixel size in mm of all volumes, along one axis or every one. */
function slicesOf(
  volumes: readonly TrainingVolume[],
  axis: PriorTrainingOptions['axis'],
): { readonly slice: number; readonly pixel: number }[] {
  return volumes.flatMap(({ voxels, directions }) =>
    voxels.flatMap((slice, array) => {
      if (axis !== undefined && directions?.[array].world !== worldAxisOf[axis]) return [];
      const [first, second] = voxels.filter((_, other) => other !== array);
      return { slice, pixel: Math.sqrt(first * second) };
    }),
  );
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Half a cosine from the first learning rate to the last, rising to it during the first steps. */
function warmRates(
  { learningRate: [start, end], steps, warmupSteps }: PriorTrainingOptions,
  first: number,
  count: number,
): Float32Array {
  const rise = (n: number): number => Math.min(1, (first + n + 1) / Math.max(1, warmupSteps));
  return cosineDecay(start, end, first, count, steps).map((value, n) => value * rise(n));
}

/** The losses that PCHIP, which corrects nothing, would have in these batches, added up. */
function pchipLoss(batches: readonly Batch[], weights: readonly number[]): number {
  const losses = batches.map(({ target, every }, n) => {
    const batch = every.length;
    return weightedSquares(target, weights.slice(n * batch, (n + 1) * batch)) / target.length;
  });
  return losses.reduce((sum, loss) => sum + loss, 0);
}

/** A step of the training, on `options.batch` windows with one weight each. */
export function trainingStep(options: PriorTrainingOptions): TrainingProgram {
  return windowTraining(options.network, options, { weights: [options.batch, 1, 1] });
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
    const scene = makeScene(volume, random, augmentation);
    this.#errors.set(scene, this.#measure(scene, n));
    return scene;
  }

  /** PCHIP's mean squared error in a scene where one slice in `every` is kept. */
  pchipError(scene: Scene, every: number): number {
    return this.#errors.get(scene)?.get(every) ?? Number.NaN;
  }

  #measure(scene: Scene, n: number): ReadonlyMap<number, number> {
    const { seed, spacings, network } = this.#options;
    return new Map(
      spacings.map((every) => {
        const options = { ...atSpacing(this.#options, every), batch: measuredWindows };
        const { target } = drawBatch([scene], stream(seed, 'scene error', n, every), network, options);
        return [every, weightedSquares(target, [1]) / target.length];
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
function sampleWeights({ target, every, scenes }: Batch, pool: ScenePool): number[] {
  const each = target.length / every.length;
  return every.map((own, n) => {
    const error = weightedSquares(target.subarray(n * each, (n + 1) * each), [1]) / each;
    return 2 / (pool.pchipError(scenes[n], own) + error + smallestError);
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
    const volume = volumes[n % volumes.length];
    const scene = makeScene(volume, random, noAugmentation);
    const every = options.spacings[Math.floor(n / volumes.length) % options.spacings.length];
    return drawBatch([scene], random, options.network, atSpacing(options, every));
  });
}

/** The options of samples that are taken at one spacing and are not thick. */
function atSpacing(options: PriorTrainingOptions, every: number): PriorTrainingOptions {
  const cuts = options.cuts?.filter((cut) => cut.every === every);
  return { ...options, spacings: [every], ...(cuts && { cuts }), thickShare: 0 };
}

interface Validator {
  measure(
    parameters: TrainingState['parameters'],
    batches: readonly Batch[],
  ): Promise<Pick<ValidationPoint, 'validationRatio' | 'perSpacing'>>;
  dispose(): Promise<void>;
}

async function openValidator(executor: Executor, options: PriorTrainingOptions): Promise<Validator> {
  const program = (batch: number) =>
    forwardProgram({ correction: windowCorrection(options.network, { ...options, batch }) });
  const predictor = await batchPredictor(executor, { batch: options.batch, program });
  return {
    async measure(parameters, batches) {
      const sums = new Map<number, { error: number; base: number }>();
      for (const { blocks, geometry, basis, target, every } of batches) {
        const { correction } = await predictor.run(parameters, { blocks, geometry, basis });
        // All samples of a validation batch have one spacing.
        const sum = sums.get(every[0]) ?? { error: 0, base: 0 };
        for (let i = 0; i < target.length; i++) {
          sum.error += (correction[i] - target[i]) ** 2;
          sum.base += target[i] ** 2;
        }
        sums.set(every[0], sum);
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
    sum += weights[Math.floor(i / each)] * values[i] ** 2;
  }
  return sum;
}
