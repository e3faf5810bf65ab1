import { zeros } from './operations/movement.ts';
import { topologicalOrder } from './order.ts';
import type { Tensor } from './tensor.ts';
import { describe, formatShape, GraphError, sameShape } from './tensor.ts';

/**
 * Forward-mode differentiation: how fast each of `outputs` changes while the tensors of `along` move along their tangents
 * and all other sources stand still, as new nodes of the same graph (Baydin et al. 2018, "Automatic differentiation in
 * machine learning: a survey", section 3.1). A tangent has the shape of its tensor; that of an output that does not move
 * is zero.
 *
 * Higher orders come from applying it to its own result: the second derivative along a straight line needs the same
 * `along`; along a curve, the tangents themselves move, and `along` says how.
 *
 * Throws GraphError when a tangent does not have the shape of its tensor.
 */
export function tangents(outputs: readonly Tensor[], along: ReadonlyMap<Tensor, Tensor>): readonly Tensor[] {
  for (const [tensor, tangent] of along) {
    if (!sameShape(tensor.shape, tangent.shape)) {
      throw new GraphError(
        `tangents: the tangent ${formatShape(tangent.shape)} of ${describe(tensor)} must have its shape.`,
      );
    }
  }
  const known = new Map(along);
  for (const node of topologicalOrder(outputs)) {
    if (known.has(node) || !node.rules.tangent) continue;
    const toInputs = node.inputs.map((input) => known.get(input));
    if (toInputs.some((tangent) => tangent !== undefined))
      known.set(node, node.rules.tangent(node, toInputs));
  }
  return outputs.map((output) => known.get(output) ?? zeros(output.shape));
}
