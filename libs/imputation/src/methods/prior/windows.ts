import type { Shape, Tensor, TensorValues, TrainingProgram } from '@oinr/graph';
import { concat, input, mean, multiply, slice, square, subtract, trainingProgram } from '@oinr/graph';
import { geometryFunctionCount } from './gapFunctions.ts';
import type { PriorNetwork } from './network.ts';
import { applyPriorNetwork, correctionAt, inputChannels, kernelNames } from './network.ts';
import type { Batch, BatchOptions } from './sampler.ts';

/** Stacks in a batch, the gaps of a stack, their side in pixels, and the missing slices asked for in each gap. */
export type WindowSize = Pick<BatchOptions, 'batch' | 'gaps' | 'window' | 'wanted'>;

/**
 * The correction that the operator gives for a batch of stacks of windows, (batch, gaps * wanted, window^2), from the
 * inputs `blocks`, `geometry` and `basis` as `drawBatch` makes them.
 */
export function windowCorrection(network: PriorNetwork, { batch, gaps, window, wanted }: WindowSize): Tensor {
  const side = window / network.block;
  const channels = inputChannels(network);
  const blocks = input('blocks', [batch, gaps * channels, side, side]);
  const geometry = input('geometry', [batch, geometryFunctionCount]);
  const basis = input('basis', [batch, gaps * wanted, network.phases]);
  const numbers = Array.from({ length: gaps }, (_, gap) => gap);
  const stack = numbers.map((gap) => slice(blocks, [0, gap * channels, 0, 0], [batch, channels, side, side]));
  const corrections = applyPriorNetwork(network, stack, geometry).map((coefficients, gap) =>
    correctionAt(network, coefficients, slice(basis, [0, gap * wanted, 0], [batch, wanted, network.phases])),
  );
  return concat(corrections, 1);
}

/**
 * A training step on windows: the mean of the squared error against the input `target`, each value times the input
 * `weights` (of a shape that broadcasts to (batch, gaps * wanted, window^2)), and the whole times `scale`. Kernels are
 * trained by Muon, gains by Adam.
 */
export function windowTraining(
  network: PriorNetwork,
  size: WindowSize,
  { weights, scale }: { readonly weights: Shape; readonly scale?: number },
): TrainingProgram {
  const target = input('target', [size.batch, size.gaps * size.wanted, size.window ** 2]);
  const error = subtract(windowCorrection(network, size), target);
  const loss = mean(multiply(square(error), input('weights', weights)));
  const scaled = scale === undefined ? loss : multiply(loss, scale);
  return trainingProgram(scaled, { muon: { parameters: kernelNames(network) } });
}

/** The batches of several steps as the feeds of `windowTraining`; `weights` are those of all of them. */
export function windowFeeds(batches: readonly Batch[], weights: Float32Array): TensorValues {
  return {
    blocks: joined(batches.map((batch) => batch.blocks)),
    geometry: joined(batches.map((batch) => batch.geometry)),
    basis: joined(batches.map((batch) => batch.basis)),
    target: joined(batches.map((batch) => batch.target)),
    weights,
  };
}

/** Arrays one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
