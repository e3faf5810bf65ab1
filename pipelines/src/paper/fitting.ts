import type { TensorValues } from '@oinr/graph';
import {
  aliasFreeOctaves,
  fitSignal,
  parameterCount,
  type Recipe,
  recipeOf,
  type Samples,
  type SignalFit,
  type SignalFitOptions,
  type SignalNetwork,
} from '@oinr/inr';
import { stream } from '@oinr/random';
import type { Bench, Measurement } from './experiment.ts';

/** A network with what it is fitted to. */
export interface Fitting {
  readonly network: SignalNetwork;
  /** Octaves of its encoding, where it has one. */
  readonly octaves?: number;
  readonly recipe: Recipe;
  readonly x: Samples;
  readonly target: Samples;
  readonly weights?: Samples;
  readonly steps: number;
  /** Steps after which it is measured, the last one always. */
  readonly measureAt: readonly number[];
  readonly batch?: SignalFitOptions<unknown>['batch'];
  readonly sizes?: SignalFitOptions<unknown>['sizes'];
  /** Where it is measured; where it is fitted if absent. */
  readonly evaluation?: Samples;
  /** What names its initial weights, beside the seed and the case. */
  readonly name: string;
}

/** What is measured of a network's values: metrics by their names. */
export type Measures = Readonly<Record<string, number>>;

/** The recipe of a network in an experiment: that of the run for O-INR, its own for all others. */
export function recipeFor({ settings }: Bench, network: SignalNetwork, learningRate?: number): Recipe {
  const name = network.name === 'oinr' ? settings.recipe : network.recipe;
  return recipeOf(network, name, learningRate);
}

/** Fits a network from its initial weights and measures it on the way: rows of the table, and the fit. */
export async function fitAndMeasure(
  bench: Bench,
  fitting: Fitting,
  measure: (values: Float32Array, parameters: TensorValues) => Measures | Promise<Measures>,
): Promise<{ readonly fit: SignalFit<Measures>; readonly measurements: readonly Measurement[] }> {
  const { network, octaves, recipe, steps, measureAt, name, ...samples } = fitting;
  const fit = await fitSignal({
    ...samples,
    network,
    recipe,
    steps,
    executor: await bench.executor(),
    start: network.initial(stream(bench.settings.seed, 'paper', name, bench.case)),
    measureAt: measureAt.filter((step) => step < steps),
    measure,
    clock: bench.clock,
    signal: bench.signal,
    onProgress: bench.onProgress,
  });
  const learningRate = shownRate(recipe) * 0.5 ** fit.restarts;
  const measurements = fit.curve.flatMap(({ step, seconds, measures }) =>
    Object.entries(measures).map(([metric, value]) => ({
      ...{ recipe: recipe.name, parameters: parameterCount(network), octaves, learningRate },
      ...{ step, seconds, metric, value },
    })),
  );
  return { fit, measurements };
}

/** Muon's rate in units of its own step. */
function shownRate({ optimiser, learningRate }: Recipe): number {
  return optimiser === 'muon' ? 10 * learningRate : learningRate;
}

/** What to know of octaves that a size cannot hold; nothing where it holds them all. */
export function octaveRemarks(octaves: number, sides: readonly number[]): string[] {
  const shortest = Math.min(...sides);
  const held = aliasFreeOctaves(shortest);
  return octaves <= held
    ? []
    : [
        `The encoding has ${octaves} octaves, but a side of ${shortest} pixels tells only ${held} apart; the others alias, as the paper's own do. Fewer: --octaves ${Math.max(1, held)}.`,
      ];
}
