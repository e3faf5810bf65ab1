import { InputError } from '@oinr/errors';
import type { Executor, ForwardProgram, TensorValues, TrainingProgram } from '@oinr/graph';
import { forwardProgram, input, meanSquaredError, trainingProgram } from '@oinr/graph';
import type { ConvolutionalNetwork, FitResult } from '@oinr/inr';
import { applyNetwork, batchPredictor, cosineRates, initialParameters } from '@oinr/inr';
import { stream } from '@oinr/random';
import type { MethodContext } from '../../method.ts';
import { fitInContext } from '../../training/fitInContext.ts';
import type { Gains } from './gapPairs.ts';
import { gapChannels } from './gapPairs.ts';
import type { InternalSettings } from './settings.ts';
import type { PairSource } from './trainingPairs.ts';
import { drawBatch, windowSize } from './trainingPairs.ts';

/** A trained operator: from the input functions of gaps to corrections of PCHIP. */
export interface GapOperator {
  readonly network: ConvolutionalNetwork;
  readonly parameters: TensorValues;
  readonly gains: Gains;
}

const sampleWindows = 48;

/**
 * Factors that bring differences, curvatures and targets to a root mean square of 1 over the head, from sample
 * windows: intensities and gaps differ between scans, and one learning rate has to suit all. Undefined where the
 * sample shows no structure at all.
 */
export function measureGains(
  source: PairSource,
  settings: InternalSettings,
  seed: number,
): Gains | undefined {
  const size = windowSize(source, settings);
  if (!size) return undefined;
  const random = stream(seed, 'oinr-internal', 'gains', source.every);
  const unit = { difference: 1, curvature: 1, target: 1 };
  const { inputs, targets } = drawBatch(source, { ...size, batch: sampleWindows }, unit, random);
  const pixels = size.gaps * size.columns;
  let [differences, curvatures, errors, head] = [0, 0, 0, 0];
  for (let window = 0; window < sampleWindows; window++)
    for (let i = 0; i < pixels; i++) {
      const at = window * gapChannels * pixels + i;
      const [sum, difference, curvature] = [inputs[at], inputs[at + pixels], inputs[at + 2 * pixels]];
      if (sum === 0 && difference === 0) continue;
      head += 1;
      differences += difference ** 2;
      curvatures += curvature ** 2;
    }
  for (const target of targets) errors += target ** 2;
  const inverseRms = (squares: number, count: number): number => {
    const rms = Math.sqrt(squares / Math.max(1, count));
    return rms > 1e-6 ? 1 / rms : 0;
  };
  const difference = inverseRms(differences, head);
  const target = inverseRms(errors, head * source.phases.length);
  if (difference === 0 || target === 0) return undefined;
  return { difference, curvature: inverseRms(curvatures, head), target };
}

/** What is trained, and how. */
export interface GapTraining {
  readonly network: ConvolutionalNetwork;
  readonly gains: Gains;
  readonly settings: InternalSettings;
}

/** Trains the operator on pairs of the subject alone. Throws an InputError where the source offers no windows. */
export async function trainGapOperator(
  source: PairSource,
  { network, gains, settings }: GapTraining,
  context: MethodContext,
): Promise<{ operator: GapOperator; result: FitResult }> {
  const size = windowSize(source, settings);
  if (!size) throw new InputError('The kept slices are too small for training windows.');
  const { gaps, columns } = size;
  const { batch, steps } = settings;
  const phases = source.phases.length;
  const program = (samples: number): TrainingProgram => {
    const inputs = input('inputs', [samples, gapChannels, gaps, columns]);
    const targets = input('targets', [samples, phases, gaps, columns]);
    return trainingProgram(meanSquaredError(applyNetwork(network, inputs), targets));
  };
  const result = await fitInContext(context, `gaps-${source.every}`, {
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
        const drawn = drawBatch(source, { gaps, columns, batch }, gains, random);
        all.inputs.set(drawn.inputs, n * drawn.inputs.length);
        all.targets.set(drawn.targets, n * drawn.targets.length);
      }
      return all;
    },
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

/** A runner for planes of this many gaps and columns; `planes` is how many will come at most. */
export async function planeRunner(
  executor: Executor,
  { network, parameters, gains }: GapOperator,
  { gaps, columns, planes }: { readonly gaps: number; readonly columns: number; readonly planes: number },
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
      return correction.map((value) => value / gains.target);
    },
    dispose: () => predictor.dispose(),
  };
}
