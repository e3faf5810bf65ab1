import { add } from './operations/elementwise.ts';
import { constant } from './operations/sources.ts';
import { topologicalOrder } from './order.ts';
import type { Tensor } from './tensor.ts';
import { describe, GraphError, sizeOf } from './tensor.ts';

/**
 * Reverse-mode differentiation: the gradients of a scalar `loss` with respect to each of `targets`, as new nodes of
 * the same graph, so that they can be optimised, executed and differentiated like any other (Baydin et al. 2018,
 * "Automatic differentiation in machine learning: a survey", section 3.2).
 *
 * Throws GraphError when the loss is not a scalar, does not depend on a target, or depends on one through an
 * operation that passes no gradient.
 */
export function gradients(loss: Tensor, targets: readonly Tensor[]): readonly Tensor[] {
  if (sizeOf(loss.shape) !== 1) {
    throw new GraphError(`gradients: the loss must be one number, not ${describe(loss)}.`);
  }
  const order = topologicalOrder([loss]);
  const relevant = new Set<Tensor>(targets);
  for (const node of order) {
    if (node.inputs.some((input) => relevant.has(input))) relevant.add(node);
  }
  const gradientOf = new Map<Tensor, Tensor>([[loss, constant([1], loss.shape)]]);
  for (const node of [...order].reverse()) {
    const outputGradient = gradientOf.get(node);
    if (!outputGradient || !node.inputs.some((input) => relevant.has(input))) continue;
    const toInputs = node.rules.gradient?.(node, outputGradient) ?? [];
    for (const [index, input] of node.inputs.entries()) {
      const gradient = toInputs[index];
      if (!gradient || !relevant.has(input)) continue;
      const known = gradientOf.get(input);
      gradientOf.set(input, known ? add(known, gradient) : gradient);
    }
  }
  return targets.map((target) => {
    const gradient = gradientOf.get(target);
    if (!gradient) {
      throw new GraphError(`gradients: no gradient of the loss reaches ${describe(target)}.`);
    }
    return gradient;
  });
}
