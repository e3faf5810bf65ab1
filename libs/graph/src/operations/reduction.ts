import { checkedAxis } from '../shapes.ts';
import type { Operation, Shape, Tensor } from '../tensor.ts';
import { linearTangent, node, sameShape, sizeOf } from '../tensor.ts';
import { multiply } from './elementwise.ts';
import { broadcastTo, reshape } from './movement.ts';

// The axes stay with length 1; `sum` drops them by a reshape where that is wanted.
const sumRules: Operation<'sum'> = {
  name: 'sum',
  shape: ([x], { axes }) => (x?.shape ?? []).map((length, axis) => (axes.includes(axis) ? 1 : length)),
  gradient: (y, g) => y.inputs.map((x) => broadcastTo(g, x.shape)),
  tangent: linearTangent,
};

/** Sum over `axes` (all by default; negative ones count from the end). */
export function sum(x: Tensor, axes?: readonly number[], keepAxes = false): Tensor {
  const over = axes?.map((axis) => checkedAxis('sum', axis, x.shape)) ?? x.shape.map((_, axis) => axis);
  const kept = over.length === 0 ? x : node(sumRules, [x], { axes: over });
  if (keepAxes) return kept;
  return reshape(
    kept,
    x.shape.filter((_, axis) => !over.includes(axis)),
  );
}

/** Mean over `axes` (all by default). */
export function mean(x: Tensor, axes?: readonly number[], keepAxes = false): Tensor {
  const total = sum(x, axes, keepAxes);
  return multiply(total, sizeOf(total.shape) / sizeOf(x.shape));
}

/** Undoes a broadcast: sums `x` over the axes along which `shape` was stretched to become that of `x`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const added = x.shape.length - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < added || shape[axis - added] !== length ? [axis] : [],
  );
  return reshape(sum(x, axes, true), shape);
}
