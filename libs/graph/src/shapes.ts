import type { Shape } from './tensor.ts';
import { formatShape, GraphError } from './tensor.ts';

/** The NumPy broadcasting rule: shapes are aligned at their last axis, and an axis of length 1 stretches. */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new GraphError(
        `${operation}: the shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: ` +
          `counted from the end, axis ${rank - axis} has lengths ${left} and ${right}.`,
      );
    }
    return left === 1 ? right : left;
  });
}

/** An axis, where negative ones count from the end, as 0 .. rank - 1. */
export function checkedAxis(operation: string, axis: number, shape: Shape): number {
  const positive = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= shape.length) {
    throw new GraphError(`${operation}: there is no axis ${axis} in the shape ${formatShape(shape)}.`);
  }
  return positive;
}
