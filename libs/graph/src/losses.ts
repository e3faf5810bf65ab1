import { square, subtract } from './operations/elementwise.ts';
import { mean } from './operations/reduction.ts';
import type { Tensor } from './tensor.ts';
import { formatShape, GraphError, sameShape } from './tensor.ts';

/** Mean squared error over all elements; a scalar. */
export function meanSquaredError(prediction: Tensor, target: Tensor): Tensor {
  checkSame('meanSquaredError', prediction, target);
  return mean(square(subtract(prediction, target)));
}

// A loss that broadcasts by mistake, (4, 1) against (4), trains towards nonsense without any error.
function checkSame(loss: string, a: Tensor, b: Tensor): void {
  if (!sameShape(a.shape, b.shape)) {
    throw new GraphError(
      `${loss}: the shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} must be equal.`,
    );
  }
}
