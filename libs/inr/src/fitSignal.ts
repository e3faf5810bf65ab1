import type { Executor, Predictor, Tensor, TensorValues, TrainingState } from '@oinr/graph';
import {
  forwardProgram,
  gather,
  input,
  mean,
  meanSquaredError,
  multiply,
  resident,
  square,
  subtract,
  trainingProgram,
} from '@oinr/graph';
import { batchPredictor } from './batchPredictor.ts';
import type { FitResult, OwnTrainer } from './fit.ts';
import { fit } from './fit.ts';
import type { Samples, SignalNetwork } from './networks/signalNetwork.ts';
import type { Recipe } from './recipe.ts';
import { optimiserOf, ratesOf } from './recipe.ts';
import { sizesTrainer } from './sizes.ts';

/** One point of the curve of a fit. */
export interface CurvePoint<Measures> {
  /** Steps taken before. */
  readonly step: number;
  /** What the clock said since the fit began, measuring left out. */
  readonly seconds: number;
  readonly measures: Measures;
}

export interface SignalFitOptions<Measures> {
  readonly executor: Executor;
  readonly network: SignalNetwork;
  readonly recipe: Recipe;
  readonly steps: number;
  /** What the network is given for the places of the signal: one sample (point, image, slab, frame) per row. */
  readonly x: Samples;
  /** The signal there, in the layout that the network gives. */
  readonly target: Samples;
  /** How much each squared error counts in their mean, of a shape that broadcasts to the target's; 1 where not given. */
  readonly weights?: Samples;
  /** Initial parameters, or the state of another fit to go on from. */
  readonly start: TensorValues | TrainingState;
  /**
   * Signals of several sizes in place of `x` and `target`: step n takes the one of index which(n). All of it, whatever
   * `batch` says.
   */
  readonly sizes?: {
    readonly signals: readonly { readonly x: Samples; readonly target: Samples }[];
    readonly which: (step: number) => number;
  };
  /** Samples of a step, `size` of them: their rows for step n. All of them in every step where not given. */
  readonly batch?: { readonly size: number; readonly rows: (step: number) => ArrayLike<number> };
  /** The steps after which the fit is measured; the last one always is. */
  readonly measureAt?: readonly number[];
  /** What is measured of the network's values at `evaluation` (at `x` where not given). */
  readonly measure: (values: Float32Array, parameters: TensorValues) => Measures | Promise<Measures>;
  readonly evaluation?: Samples;
  /** Seconds of the processor or of the wall, from any beginning. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
}

export interface SignalFit<Measures> extends FitResult {
  readonly curve: readonly CurvePoint<Measures>[];
  /** The network's values at `evaluation` after the last step. */
  readonly values: Float32Array;
}

const mostStepsPerCall = 50;

/**
 * Fits a network to a signal by the mean squared error and measures it on the way. A fit that diverges starts again
 * with half the learning rate (see `fit`), and so does its curve; the clock goes on.
 *
 * Throws what `fit` throws: DivergedError, DeviceMemoryError, the reason of the abort signal.
 */
export async function fitSignal<Measures>(options: SignalFitOptions<Measures>): Promise<SignalFit<Measures>> {
  const { executor, network, recipe, steps, x, target, batch, clock, measure, evaluation = x } = options;
  const predictor = signalPredictor(executor, network, evaluation);
  const stops = [...new Set([...(options.measureAt ?? []), steps])].sort((a, b) => a - b);
  const beginning = clock();
  let measuring = 0;
  let curve: CurvePoint<Measures>[] = [];
  let values: Float32Array = new Float32Array();
  const measureAfter = async ({ step, parameters }: TrainingState): Promise<void> => {
    const start = clock();
    values = await predictor.run(parameters, evaluation);
    // A fit that began anew has no points from its first attempt.
    curve = curve.filter((point) => point.step < step);
    curve.push({ step, seconds: start - beginning - measuring, measures: await measure(values, parameters) });
    measuring += clock() - start;
  };
  try {
    const result = await fit({
      executor,
      step: options.sizes
        ? sizedTraining(options, options.sizes)
        : {
            batch: 1,
            program: () =>
              signalTraining(network, recipe, { x, target, weights: options.weights }, batch?.size),
          },
      start: options.start,
      residents: {
        x: x.values,
        target: target.values,
        ...(options.weights && !options.sizes && { weights: options.weights.values }),
      },
      steps,
      chunk: (step) => Math.min(mostStepsPerCall, (stops.find((stop) => stop > step) ?? steps) - step),
      learningRate: ratesOf(recipe, steps),
      feeds: (first, count): TensorValues => {
        if (!batch || options.sizes) return {};
        const rows = Array.from({ length: count }, (_, n) => Array.from(batch.rows(first + n)));
        return { rows: Int32Array.from(rows.flat()) };
      },
      keeper: {
        load: async () => undefined,
        offer: async (take) => {
          const { state } = await take();
          if (stops.includes(state.step)) await measureAfter(state);
        },
      },
      ...(options.signal && { signal: options.signal }),
      ...(options.onProgress && { onProgress: options.onProgress }),
    });
    await measureAfter(result.state);
    return { ...result, curve, values };
  } finally {
    await predictor.dispose();
  }
}

function sizedTraining<Measures>(
  { executor, network, recipe }: SignalFitOptions<Measures>,
  { signals, which }: NonNullable<SignalFitOptions<Measures>['sizes']>,
): OwnTrainer {
  const steps = signals.map(({ x, target }) => ({
    program: signalTraining(network, recipe, { x, target }, undefined),
    residents: { x: x.values, target: target.values },
  }));
  return (start) => sizesTrainer(executor, steps, which, start);
}

function signalTraining(
  network: SignalNetwork,
  recipe: Recipe,
  { x, target, weights }: Pick<SignalFitOptions<unknown>, 'x' | 'target' | 'weights'>,
  size: number | undefined,
) {
  const rows = size === undefined ? undefined : input('rows', [size], 'int32');
  const given = (name: string, { shape }: Samples): Tensor => {
    const all = resident(name, shape);
    return rows ? gather(all, rows) : all;
  };
  const [values, wanted] = [network.apply(given('x', x)), given('target', target)];
  const loss = weights
    ? mean(multiply(square(subtract(values, wanted)), given('weights', weights)))
    : meanSquaredError(values, wanted);
  return trainingProgram(loss, optimiserOf(recipe, forwardProgram({ loss })));
}

/** Evaluates a network at samples of one shape, in parts where the device's memory does not hold them all. */
export function signalPredictor(
  executor: Executor,
  network: SignalNetwork,
  { shape: [samples, ...shape] }: Pick<Samples, 'shape'>,
): { run(parameters: TensorValues, x: Samples): Promise<Float32Array>; dispose(): Promise<void> } {
  let opened: Promise<Predictor> | undefined;
  const open = (): Promise<Predictor> =>
    batchPredictor(executor, {
      batch: samples,
      program: (count) => forwardProgram({ values: network.apply(input('x', [count, ...shape])) }),
    });
  return {
    async run(parameters, x) {
      opened ??= open();
      const { values } = await (await opened).run(parameters, { x: x.values });
      return values;
    },
    async dispose() {
      await (await opened)?.dispose();
    },
  };
}
