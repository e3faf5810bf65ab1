import type { AdamOptions } from './adam.ts';
import { adamDefaults, adamUpdate } from './adam.ts';
import { gradients } from './differentiate.ts';
import type { MuonOptions } from './muon.ts';
import { muonDefaults, muonUpdate } from './muon.ts';
import { concat, reshape, slice } from './operations/movement.ts';
import { carried, input } from './operations/sources.ts';
import { topologicalOrder } from './order.ts';
import type { Tensor } from './tensor.ts';
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
  readonly packing: readonly PackedParameter[];
  readonly state: PackedState<Tensor<'carried'>>;
  readonly update: PackedState<Tensor>;
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
  const flat = gradients(loss, parameters).map((gradient) => reshape(gradient, [sizeOf(gradient.shape)]));
  const scalars = {
    learningRate: input(optimiserInputs.learningRate, []),
    firstCorrection: input(optimiserInputs.firstCorrection, []),
    secondCorrection: input(optimiserInputs.secondCorrection, []),
  };
  const split = packing.find(({ parameter }) => !isMuon(parameter))?.offset ?? size;
  const parts: PackedState<Tensor>[] = [];
  if (split > 0) {
    const own = byMuon.length;
    const shapes = byMuon.map(({ shape }) => shape);
    const [p, m] = [state.parameters, state.firstMoments].map((x) => slice(x, [0], [split])) as [
      Tensor,
      Tensor,
    ];
    const next = muonUpdate(p, concat(flat.slice(0, own), 0), m, shapes, scalars.learningRate, muon);
    const unused = slice(state.secondMoments, [0], [split]);
    parts.push({ parameters: next.parameters, firstMoments: next.momentum, secondMoments: unused });
  }
  if (split < size) {
    const { parameters: p, firstMoments: m, secondMoments: v } = state;
    const rest = (x: Tensor): Tensor => (split === 0 ? x : slice(x, [split], [size - split]));
    parts.push(adamUpdate(rest(p), concat(flat.slice(byMuon.length), 0), rest(m), rest(v), scalars, adam));
  }
  const joined = (name: keyof PackedState<Tensor>): Tensor =>
    concat(
      parts.map((part) => part[name]),
      0,
    );
  const update = {
    parameters: joined('parameters'),
    firstMoments: joined('firstMoments'),
    secondMoments: joined('secondMoments'),
  };
  const { residents, inputs } = sourcesOf([loss, ...Object.values(update)]);
  return { loss, parameters, residents, inputs, packing, state, update, adam };
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
