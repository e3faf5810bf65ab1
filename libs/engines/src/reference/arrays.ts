import type { Shape } from '@oinr/graph';

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** Strides of `shape` as it is read while broadcast to `target`: 0 along stretched axes. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const own = stridesOf(shape);
  const added = target.length - shape.length;
  return target.map((_, axis) => (axis < added || shape[axis - added] === 1 ? 0 : (own[axis - added] ?? 0)));
}

/**
 * Visits every element of an array of `shape` in row-major order, with its position in another array that is read
 * with `strides` from `start`.
 */
export function walk(
  shape: Shape,
  strides: readonly number[],
  start: number,
  visit: (index: number, position: number) => void,
): void {
  const counter = Array<number>(shape.length).fill(0);
  const total = shape.reduce((product, length) => product * length, 1);
  let position = start;
  for (let index = 0; index < total; index++) {
    visit(index, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      counter[axis] = counter[axis] + 1;
      position += strides[axis];
      if (counter[axis] < shape[axis]) break;
      position -= strides[axis] * shape[axis];
      counter[axis] = 0;
    }
  }
}
