import { topologicalOrder } from './order.ts';
import type { ForwardProgram, TrainingProgram } from './program.ts';
import type { Tensor } from './tensor.ts';
import { sizeOf } from './tensor.ts';

/** One step of an evaluation. */
export interface EvaluationStep {
  readonly node: Tensor;
  /** Values, computed or given, that nobody needs after this node. */
  readonly done: readonly Tensor[];
}

/** All nodes that `outputs` need, in order, and when each value is used for the last time. Outputs are never done. */
export function evaluationPlan(outputs: readonly Tensor[]): readonly EvaluationStep[] {
  const order = topologicalOrder(outputs);
  const lastUse = new Map<Tensor, Tensor>();
  for (const node of order) for (const input of node.inputs) lastUse.set(input, node);
  const kept = new Set(outputs);
  return order.map((node) => ({
    node,
    done: [...new Set(node.inputs)].filter((input) => lastUse.get(input) === node && !kept.has(input)),
  }));
}

const bytesPerElement = 4;

/**
 * The most bytes that the values of a program take at one time on a device that holds them as float32 and frees each
 * after its last use: what is given (parameters, moments, residents, inputs) for the whole time, what is computed from
 * its computation to its last use. `workspace` are further bytes that an engine needs while it computes a node.
 */
export function peakBytes(
  program: TrainingProgram | ForwardProgram,
  workspace: (node: Tensor) => number = () => 0,
): number {
  const outputs =
    'update' in program ? [program.loss, ...Object.values(program.update)] : Object.values(program.outputs);
  const bytesOf = (tensor: Tensor): number => bytesPerElement * sizeOf(tensor.shape);
  const plan = evaluationPlan(outputs);
  const isGiven = ({ inputs, operation }: Tensor): boolean => inputs.length === 0 && operation !== 'constant';
  let held = plan.reduce((sum, { node }) => sum + (isGiven(node) ? bytesOf(node) : 0), 0);
  let peak = held;
  for (const { node, done } of plan) {
    if (isGiven(node)) continue;
    held += bytesOf(node);
    peak = Math.max(peak, held + workspace(node));
    for (const value of done) if (!isGiven(value)) held -= bytesOf(value);
  }
  return peak;
}
