import type { Shape, Tensor, TensorValues } from '@oinr/graph';
import { parameter, sizeOf } from '@oinr/graph';
import type { RandomStream } from '@oinr/random';
import type { RecipeName } from '../recipe.ts';

/**
 * A network that represents a signal. What it takes for the places of the signal is its own affair: coordinate
 * networks take points, shape (points, axes), and give (points, channels); stacks of convolutions take an encoding of
 * the whole grid, (batch, channels, ...space), and give (batch, channels, ...space).
 */
export interface SignalNetwork {
  /** For tables: `siren`, `wire`, `mfn`, `oinr`. */
  readonly name: string;
  /** Shapes of all parameters by name. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** The constant learning rate of Adam that was published for it. */
  readonly learningRate: number;
  /** The recipe of fits where none is asked for. */
  readonly recipe: RecipeName;
  /** Initial values of all parameters, drawn as published. */
  initial(random: RandomStream): Record<string, Float32Array>;
  /** The values of the signal as a graph. Every call uses the same parameters. */
  apply(x: Tensor): Tensor;
}

/** The number of trained values; a complex one counts as two. */
export function parameterCount({ shapes }: Pick<SignalNetwork, 'shapes'>): number {
  return Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** The parameters of a network as sources of graphs, made once so that several graphs may share them. */
export function sourcesOf(shapes: SignalNetwork['shapes']): (name: string) => Tensor<'parameter'> {
  const sources = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, parameter(name, shape)]),
  );
  return (name) => {
    const source = sources[name];
    if (!source) throw new Error(`The network has no parameter "${name}".`);
    return source;
  };
}

/** `count` values, uniform in +-bound. */
export function uniformValues(random: RandomStream, count: number, bound: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.uniformIn(-bound, bound));
}

/** Values of a network's signal, and where they lie: both with one sample (point, image, slab) per row of axis 0. */
export interface Samples {
  readonly values: TensorValues[string];
  readonly shape: Shape;
}
