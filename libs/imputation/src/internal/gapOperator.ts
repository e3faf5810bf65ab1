import type { Executor, ForwardProgram, TensorValues, TrainingProgram } from '@oinr/graph';
import { forwardProgram, input, meanSquaredError, trainingProgram } from '@oinr/graph';
import type { ConvolutionalNetwork, FitResult } from '@oinr/inr';
import { applyNetwork, batchPredictor, cosineRates, fit, initialParameters } from '@oinr/inr';
import { stream } from '@oinr/random';
import type { MethodContext } from '../method.ts';
import type { FeatureGains } from './gapPairs.ts';
import { gapChannels } from './gapPairs.ts';
import type { InternalSettings } from './settings.ts';
import type { PairSource } from './trainingPairs.ts';
import { drawBatch, windowSize } from './trainingPairs.ts';

/** A trained operator: from the input functions of gaps to corrections of PCHIP. */
export interface GapOperator {
  readonly network: ConvolutionalNetwork;
  readonly parameters: TensorValues;
  /** Factors of the input functions and of the output. */
  readonly gains: FeatureGains & { readonly target: number };
}

/**
 * Factors that bring differences, curvatures and targets to a root mean square of 1 over the head, from sample
 * windows: intensities and gaps differ between scans, and one learning rate has to suit all. Undefined where the
 * sample shows no structure at all.
 */
export function measureGains(
  source: PairSource,
  settings: InternalSettings,
  seed: number,
): GapOperator['gains'] | undefined {
  const size = windowSize(source, settings);
  if (!size) return undefined;
  const random = stream(seed, 'oinr-internal', 'gains', source.every);
  const unit = { difference: 1, curvature: 1, target: 1 };
  const { inputs, targets } = drawBatch(source, size, sampleWindows, unit, random);
  const pixels = size.gaps * size.columns;
  const squares = [0, 0, 0];
  let head = 0;
  for (let window = 0; window < sampleWindows; window++)
    for (let i = 0; i < pixels; i++) {
      const at = window * gapChannels * pixels + i;
      const [sum = 0, difference = 0, curvature = 0] = [
        inputs[at],
        inputs[at + pixels],
        inputs[at + 2 * pixels],
      ];
      if (sum === 0 && difference === 0) continue;
      head += 1;
      squares[0] = (squares[0] ?? 0) + difference ** 2;
      squares[1] = (squares[1] ?? 0) + curvature ** 2;
    }
  for (const target of targets) squares[2] = (squares[2] ?? 0) + target ** 2;
  const counts = [head, head, head * source.phases.length];
  const [difference = 0, curvature = 0, target = 0] = squares.map((square, n) => {
    const rms = Math.sqrt(square / Math.max(1, counts[n] ?? 1));
    return rms > 1e-6 ? 1 / rms : 0;
  });
  if (difference === 0 || target === 0) return undefined;
  return { difference, curvature, target };
}
const sampleWindows = 48;

/** Trains the operator on pairs of the subject alone. Undefined gains or windows are the caller's to handle. */
export async function trainGapOperator(
  source: PairSource,
  network: ConvolutionalNetwork,
  gains: GapOperator['gains'],
  settings: InternalSettings,
  context: MethodContext,
): Promise<{ operator: GapOperator; result: FitResult }> {
  const size = windowSize(source, settings);
  if (!size) throw new RangeError('The kept slices are too small for training windows.');
  const { gaps, columns } = size;
  const { batch, steps } = settings;
  const phases = source.phases.length;
  const program = (samples: number): TrainingProgram => {
    const inputs = input('inputs', [samples, gapChannels, gaps, columns]);
    const targets = input('targets', [samples, phases, gaps, columns]);
    return trainingProgram(meanSquaredError(applyNetwork(network, inputs), targets));
  };
  const keeper = context.keeper?.(`gaps-${source.every}`);
  const result = await fit({
    executor: context.executor,
    step: { batch, program },
    start: initialParameters(network, stream(context.seed, 'oinr-internal', 'weights', source.every)),
    steps,
    learningRate: cosineRates(...settings.learningRates, steps),
    feeds: (first, count) => {
      const all = {
        inputs: new Float32Array(count * batch * gapChannels * gaps * columns),
        targets: new Float32Array(count * batch * phases * gaps * columns),
      };
      for (let n = 0; n < count; n++) {
        const random = stream(context.seed, 'oinr-internal', 'batch', source.every, first + n);
        const drawn = drawBatch(source, size, batch, gains, random);
        all.inputs.set(drawn.inputs, n * drawn.inputs.length);
        all.targets.set(drawn.targets, n * drawn.targets.length);
      }
      return all;
    },
    ...(keeper ? { keeper } : {}),
    ...(context.signal ? { signal: context.signal } : {}),
    ...(context.onProgress ? { onProgress: context.onProgress } : {}),
  });
  return { operator: { network, parameters: result.state.parameters, gains }, result };
}

/** Runs the operator over many planes of one size: inputs (planes, 3, gaps, columns) -> corrections. */
export interface PlaneRunner {
  /** Planes in one call. */
  readonly batch: number;
  /** Corrections (batch, phases, gaps, columns) in units of the scale, for inputs (batch, 3, gaps, columns). */
  run(inputs: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Pixels in one call: enough to keep the device busy, little enough to stay in its caches. */
const pixelsPerCall = 24_000;

export async function planeRunner(
  executor: Executor,
  { network, parameters, gains }: GapOperator,
  gaps: number,
  columns: number,
  planes: number,
): Promise<PlaneRunner> {
  const batch = Math.max(1, Math.min(planes, Math.round(pixelsPerCall / (gaps * columns))));
  const program = (samples: number): ForwardProgram =>
    forwardProgram({
      correction: applyNetwork(network, input('inputs', [samples, gapChannels, gaps, columns])),
    });
  const predictor = await batchPredictor(executor, { batch, program });
  return {
    batch,
    async run(inputs) {
      const { correction } = await predictor.run(parameters, { inputs });
      if (!correction) throw new Error('The engine returned no correction.');
      return correction.map((value) => value / gains.target);
    },
    dispose: () => predictor.dispose(),
  };
}
