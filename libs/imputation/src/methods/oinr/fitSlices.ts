import type { ForwardProgram, TensorValues, TrainingProgram } from '@oinr/graph';
import { forwardProgram, gather, input, meanSquaredError, resident, trainingProgram } from '@oinr/graph';
import type { FitResult } from '@oinr/inr';
import { batchPredictor, cosineRates, optimiserOf } from '@oinr/inr';
import { stream } from '@oinr/random';
import { headThreshold } from '../../intensities.ts';
import type { MethodContext } from '../../method.ts';
import type { KeptPlanes } from '../../planes/keptPlanes.ts';
import { fitInContext } from '../../training/fitInContext.ts';
import type { OinrPreset } from './presets.ts';
import {
  encodingOf,
  gammaValues,
  gammaWidth,
  initialRepresentation,
  slicesOfGamma,
} from './representation.ts';

/**
 * The kept slices that a representation is fitted to: those of the head's extent along the slice axis, with one empty
 * slice at either end where there is one. Coordinates run over the head's box, so that heads of different size lie
 * on each other and a network fitted to one is a start for the next.
 */
export interface SliceSequence {
  readonly planes: KeptPlanes;
  /** Numbers (0 .. kept - 1) of the first and last slice. */
  readonly first: number;
  readonly last: number;
  /** Positions of all kept slices along the axis. */
  readonly kept: readonly number[];
}

export function sliceSequence(planes: KeptPlanes, kept: readonly number[]): SliceSequence {
  const size = planes.rows * planes.columns;
  const shows = kept.map((_, n) =>
    planes.values.subarray(n * size, (n + 1) * size).some((value) => value > headThreshold),
  );
  const first = Math.max(0, shows.indexOf(true) - 1);
  const last = Math.min(kept.length - 1, shows.lastIndexOf(true) + 1);
  // Two slices at least, or there would be no interval to be a function of.
  return last > first
    ? { planes, kept, first, last }
    : { planes, kept, first: Math.max(0, last - 1), last: Math.max(1, last) };
}

/** Gamma's numbers at a position along the slice axis, relative to the head's extent. */
export function gammaAt(
  { kept, first, last }: SliceSequence,
  preset: OinrPreset,
  position: number,
): number[] {
  const extent = kept[last] - kept[first];
  return gammaValues(preset, position - kept[first], extent + 1);
}

/** How a representation is fitted: `start` are the weights of a base network; initial ones where absent. */
export interface SliceFit {
  readonly preset: OinrPreset;
  readonly steps: number;
  readonly start?: TensorValues;
}

/** Fits a representation to the sequence. */
export async function fitSlices(
  sequence: SliceSequence,
  { preset, steps, start }: SliceFit,
  context: MethodContext,
): Promise<FitResult> {
  const { planes, kept, first, last } = sequence;
  const { rows, columns } = planes;
  const count = last - first + 1;
  const batch = Math.min(preset.batch, count);
  const slices = planes.values.slice(first * rows * columns, (last + 1) * rows * columns);
  const gammas = Float32Array.from(kept.slice(first, last + 1).flatMap((p) => gammaAt(sequence, preset, p)));
  const mean = slices.reduce((sum, value) => sum + value, 0) / slices.length;
  const random = stream(context.seed, 'oinr', 'weights');
  return fitInContext(context, 'slices', {
    step: { batch, program: (samples) => sliceTrainingStep(preset, samples, count, rows, columns) },
    start: start ?? initialRepresentation(preset, mean, random),
    residents: { slices, gammas, ...encodingOf(preset, rows, columns) },
    steps,
    learningRate: cosineRates(...(start ? preset.learningRatesFromBase : preset.learningRates), steps),
    // Every slice once in random order, then again: no slice waits long for its turn.
    feeds: (firstStep, chunk) => ({
      which: Int32Array.from({ length: chunk * batch }, (_, i) => {
        const drawn = firstStep * batch + i;
        const round = Math.floor(drawn / count);
        return orderOf(context.seed, round, count)[drawn % count];
      }),
    }),
    chunk: preset.stepsPerCall,
  });
}

/** The training step on `samples` of `count` resident slices, chosen by the input `which`. */
export function sliceTrainingStep(
  preset: OinrPreset,
  samples: number,
  count: number,
  rows: number,
  columns: number,
): TrainingProgram {
  const which = input('which', [samples], 'int32');
  const gamma = gather(resident('gammas', [count, gammaWidth(preset)]), which);
  const truth = gather(resident('slices', [count, 1, rows, columns]), which);
  const loss = meanSquaredError(slicesOfGamma(preset, gamma, rows, columns), truth);
  return trainingProgram(loss, optimiserOf(preset, forwardProgram({ loss })));
}

function orderOf(seed: number, round: number, count: number): Int32Array {
  return stream(seed, 'oinr', 'order', round).permutation(count);
}

/** Samples the representation at positions along the slice axis: (positions, rows, columns) in units of the scale. */
export async function sampleSlices(
  sequence: SliceSequence,
  preset: OinrPreset,
  parameters: TensorValues,
  positions: readonly number[],
  context: MethodContext,
): Promise<Float32Array> {
  const { rows, columns } = sequence.planes;
  const size = rows * columns;
  const together = Math.max(1, Math.min(slicesPerCall, positions.length));
  const width = gammaWidth(preset);
  const program = (samples: number): ForwardProgram =>
    forwardProgram({ slices: slicesOfGamma(preset, input('gamma', [samples, width]), rows, columns) });
  const predictor = await batchPredictor(
    context.executor,
    { batch: together, program },
    encodingOf(preset, rows, columns),
  );
  const out = new Float32Array(positions.length * size);
  try {
    for (let start = 0; start < positions.length; start += together) {
      context.signal?.throwIfAborted();
      const part = positions.slice(start, start + together);
      const values = new Float32Array(together * width);
      part.forEach((p, n) => {
        values.set(gammaAt(sequence, preset, p), n * width);
      });
      const { slices } = await predictor.run(parameters, { gamma: values });
      out.set(slices.subarray(0, part.length * size), start * size);
      context.onProgress?.((start + part.length) / positions.length);
    }
  } finally {
    await predictor.dispose();
  }
  return out;
}
/** Slices sampled in one call share the first layer. */
const slicesPerCall = 4;
