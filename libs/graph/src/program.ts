import type { AdamOptions } from './adam.ts';
import { adamDefaults, adamUpdate } from './adam.ts';
import { gradients } from './differentiate.ts';
import type { MuonOptions } from './muon.ts';
import { muonDefaults, muonUpdate } from './muon.ts';
import { concat, reshape, slice } from './operations/movement.ts';
import { carried, input } from './operations/sources.ts';
import { topologicalOrder } from './order.ts';
import type { Shape, Tensor } from './tensor.ts';
import { describe, GraphError, sameShape, sizeOf } from './tensor.ts';

/** The values that a graph takes from outside. */
export interface Sources {
  readonly parameters: readonly Tensor<'parameter'>[];
  readonly residents: readonly Tensor<'resident'>[];
  /** Per-step inputs (for a forward program: per-run inputs). */
  readonly inputs: readonly Tensor<'input'>[];
}

/** A graph that is evaluated, by `Executor.predictor`. */
export interface ForwardProgram extends Sources {
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Where a parameter lies in the flat vector of all parameters. */
export interface PackedParameter {
  readonly parameter: Tensor<'parameter'>;
  readonly offset: number;
  readonly size: number;
}

/** Parameters and both moments of Adam (Muon has only the first), each flat over all parameters: [size]. */
export interface PackedState<T> {
  readonly parameters: T;
  readonly firstMoments: T;
  readonly secondMoments: T;
}

/**
 * One training step: loss, gradients and Adam's update, all in one graph, run by `Executor.trainer`.
 *
 * The optimiser works on one flat vector of all parameters instead of a dozen tiny operations for each of them. An
 * executor binds every parameter to its part of `state.parameters` and carries `state` = `update` from step to step.
 */
export interface TrainingProgram extends Sources {
  readonly loss: Tensor;
  /** The gradient of the loss, flat over all parameters: [size]. */
  readonly gradient: Tensor;
  readonly packing: readonly PackedParameter[];
  readonly state: PackedState<Tensor<'carried'>>;
  readonly update: PackedState<Tensor>;
  /** The update of any flat state by a flat gradient, as new nodes; `update` is that of `state` by `gradient`. */
  readonly optimise: (state: PackedState<Tensor>, gradient: Tensor) => PackedState<Tensor>;
  readonly adam: AdamOptions;
}

/**
 * Per-step scalars of the optimiser. The caller feeds `learningRate`, shape (steps), to Trainer.run; the executor
 * computes the two bias corrections itself, in float64 from the number of steps taken.
 */
export const optimiserInputs = {
  learningRate: 'learningRate',
  firstCorrection: 'adamFirstCorrection',
  secondCorrection: 'adamSecondCorrection',
} as const;

/** A program that evaluates named outputs. Throws GraphError when two sources share a name. */
export function forwardProgram(outputs: Readonly<Record<string, Tensor>>): ForwardProgram {
  if (Object.keys(outputs).length === 0) throw new GraphError('forwardProgram: no outputs were given.');
  return { outputs, ...sourcesOf(Object.values(outputs)) };
}

/** Settings of Adam, and which parameters are trained with Muon instead. */
export interface OptimiserOptions extends Partial<AdamOptions> {
  readonly muon?: Pick<MuonOptions, 'parameters'> & Partial<MuonOptions>;
}

/**
 * The training step of a scalar loss: all parameters that the loss depends on are trained, with Adam but for those
 * named for Muon. What must stay fixed is a resident, not a parameter.
 */
export function trainingProgram(
  loss: Tensor,
  { muon: muonOptions, ...adamOptions }: OptimiserOptions = {},
): TrainingProgram {
  const adam = { ...adamDefaults, ...adamOptions };
  const muon = { ...muonDefaults, parameters: [], ...muonOptions };
  const all = sourcesOf([loss]).parameters;
  if (all.length === 0) throw new GraphError('trainingProgram: the loss depends on no parameter.');
  const isMuon = ({ attributes }: Tensor<'parameter'>): boolean => muon.parameters.includes(attributes.name);
  const byMuon = all.filter(isMuon);
  checkMuon(muon.parameters, byMuon);
  // Muon's parameters come first, so that each optimiser works on one piece of the flat vectors.
  const parameters = [...byMuon, ...all.filter((node) => !isMuon(node))];
  const packing: PackedParameter[] = [];
  let size = 0;
  for (const parameter of parameters) {
    packing.push({ parameter, offset: size, size: sizeOf(parameter.shape) });
    size += sizeOf(parameter.shape);
  }
  const state = {
    parameters: carried('parameters', [size]),
    firstMoments: carried('firstMoments', [size]),
    secondMoments: carried('secondMoments', [size]),
  };
  const flat = gradients(loss, parameters).map((part) => reshape(part, [sizeOf(part.shape)]));
  const gradient = concat(flat, 0);
  const split = packing.find(({ parameter }) => !isMuon(parameter))?.offset ?? size;
  const shapes = byMuon.map(({ shape }) => shape);
  const optimise = (from: PackedState<Tensor>, by: Tensor): PackedState<Tensor> =>
    optimiserUpdate(from, by, { split, shapes, adam, muon });
  const update = optimise(state, gradient);
  const { residents, inputs } = sourcesOf([loss, ...Object.values(update)]);
  return { loss, gradient, parameters, residents, inputs, packing, state, update, optimise, adam };
}

/** The first `split` values of the flat state, of the given shapes, are updated by Muon, the others by Adam. */
function optimiserUpdate(
  state: PackedState<Tensor>,
  gradient: Tensor,
  {
    split,
    shapes,
    adam,
    muon,
  }: { split: number; shapes: readonly Shape[]; adam: AdamOptions; muon: MuonOptions },
): PackedState<Tensor> {
  const scalars = {
    learningRate: input(optimiserInputs.learningRate, []),
    firstCorrection: input(optimiserInputs.firstCorrection, []),
    secondCorrection: input(optimiserInputs.secondCorrection, []),
  };
  const size = sizeOf(gradient.shape);
  const part = (x: Tensor, start: number, length: number): Tensor =>
    length === size ? x : slice(x, [start], [length]);
  const parts: PackedState<Tensor>[] = [];
  if (split > 0) {
    const own = (x: Tensor): Tensor => part(x, 0, split);
    const { parameters: p, firstMoments: m, secondMoments: unused } = state;
    const next = muonUpdate(own(p), own(gradient), own(m), shapes, scalars.learningRate, muon);
    parts.push({ parameters: next.parameters, firstMoments: next.momentum, secondMoments: own(unused) });
  }
  if (split < size) {
    const own = (x: Tensor): Tensor => part(x, split, size - split);
    const { parameters: p, firstMoments: m, secondMoments: v } = state;
    parts.push(adamUpdate(own(p), own(gradient), own(m), own(v), scalars, adam));
  }
  const joined = (name: keyof PackedState<Tensor>): Tensor =>
    concat(
      parts.map((each) => each[name]),
      0,
    );
  return {
    parameters: joined('parameters'),
    firstMoments: joined('firstMoments'),
    secondMoments: joined('secondMoments'),
  };
}

function checkMuon(names: readonly string[], found: readonly Tensor<'parameter'>[]): void {
  for (const name of names) {
    const node = found.find(({ attributes }) => attributes.name === name);
    if (!node)
      throw new GraphError(
        `trainingProgram: Muon was asked to train "${name}", but no parameter has that name.`,
      );
    if (node.shape.length < 2)
      throw new GraphError(
        `trainingProgram: Muon trains matrices and kernels, but ${describe(node)} has fewer than two axes; leave it to Adam.`,
      );
  }
}

function sourcesOf(outputs: readonly Tensor[]): Sources {
  const parameters: Tensor<'parameter'>[] = [];
  const residents: Tensor<'resident'>[] = [];
  const inputs: Tensor<'input'>[] = [];
  const named = new Map<string, Tensor>();
  for (const node of topologicalOrder(outputs)) {
    if (is(node, 'parameter')) parameters.push(node);
    else if (is(node, 'resident')) residents.push(node);
    else if (is(node, 'input')) inputs.push(node);
    else continue;
    const name = node.attributes.name;
    const other = named.get(name);
    if (other) {
      const difference = sameShape(other.shape, node.shape) ? ' Make each source once and share it.' : '';
      throw new GraphError(
        `Two sources have the name "${name}": ${describe(other)} and ${describe(node)}.${difference}`,
      );
    }
    named.set(name, node);
  }
  return { parameters, residents, inputs };
}

/** Whether a node is made by this operation; narrows its attributes. */
export function is<K extends Tensor['operation']>(node: Tensor, operation: K): node is Tensor<K> {
  return node.operation === operation;
}
