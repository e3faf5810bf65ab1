import type { Sources } from '@oinr/graph';
import { constantRate, linearDecay, type OptimiserOptions } from '@oinr/graph';
import type { SignalNetwork } from './networks/signalNetwork.ts';

/** How a network is fitted to a signal, as its name in tables and options. */
export type RecipeName = 'muon' | 'paper' | 'paper-decay';

/** Optimiser and learning rates of a fit. */
export interface Recipe {
  readonly name: RecipeName;
  /** Muon trains kernels and matrices, and Adam what has one axis; or Adam trains all. */
  readonly optimiser: 'muon' | 'adam';
  readonly learningRate: number;
  /** Whether the learning rate falls linearly to zero over the second half of the steps. */
  readonly decay: boolean;
}

/**
 * The step of Muon that suits O-INR: an orthogonal matrix times 0.03. The rate below is a tenth of it because the
 * optimiser's own factor is 10, which leaves biases a rate of 0.003 with Adam.
 */
const muonLearningRate = 0.003;

/**
 * `muon`: Muon at 0.03 with a linear decay to zero over the second half, with which an O-INR of 15,408 weights reaches
 * 31 dB on Coffee at a quarter of its size in the CPU time in which Adam at 1e-3 reaches 19. `paper`: Adam at the constant
 * rate that was published for the network. `paper-decay`: that with the decay, for comparisons at equal schedules.
 * `learningRate` replaces the rate of the recipe (for Muon in units of its own step, 0.03).
 */
export function recipeOf(
  network: Pick<SignalNetwork, 'learningRate' | 'recipe'>,
  name: RecipeName = network.recipe,
  learningRate?: number,
): Recipe {
  if (name === 'muon') {
    const rate = learningRate === undefined ? muonLearningRate : learningRate / 10;
    return { name, optimiser: 'muon', learningRate: rate, decay: true };
  }
  return {
    name,
    optimiser: 'adam',
    learningRate: learningRate ?? network.learningRate,
    decay: name === 'paper-decay',
  };
}

/** The optimiser of a recipe for a training program with these parameters. */
export function optimiserOf(
  { optimiser }: Pick<Recipe, 'optimiser'>,
  { parameters }: Pick<Sources, 'parameters'>,
): OptimiserOptions {
  if (optimiser === 'adam') return {};
  const matrices = parameters.filter(({ shape }) => shape.length >= 2);
  return { muon: { parameters: matrices.map(({ attributes }) => attributes.name) } };
}

/** The learning rates of steps first .. first + count - 1 out of `steps`, as `fit` asks for them. */
export function ratesOf(
  { learningRate, decay }: Recipe,
  steps: number,
): (first: number, count: number) => Float32Array {
  return (first, count) =>
    decay ? linearDecay(learningRate, first, count, steps) : constantRate(learningRate, count);
}
