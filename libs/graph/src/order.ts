import type { Tensor } from './tensor.ts';

/** All nodes that `outputs` need, each once and after its inputs. */
export function topologicalOrder(outputs: readonly Tensor[]): readonly Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // An explicit stack: deep networks with their gradients would exceed the call stack.
  const stack: { node: Tensor; next: number }[] = [];
  const visit = (node: Tensor) => {
    if (seen.has(node)) return;
    seen.add(node);
    stack.push({ node, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.node.inputs[top.next];
      top.next += 1;
      if (input) {
        visit(input);
      } else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
