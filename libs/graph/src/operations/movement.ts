import { broadcastShapes, checkedAxis } from '../shapes.ts';
import type { Operation, Shape, Tensor } from '../tensor.ts';
import { describe, formatShape, GraphError, linearTangent, node, sameShape, sizeOf } from '../tensor.ts';
import { sumTo } from './reduction.ts';
import { constant } from './sources.ts';

/** Operations whose result shape is asked for get rules bound to that shape. */
const reshapeTo = (shape: Shape): Operation<'reshape'> => ({
  name: 'reshape',
  shape: ([x]) => {
    if (sizeOf(x?.shape ?? []) !== sizeOf(shape)) {
      throw new GraphError(
        `reshape: the shapes ${formatShape(x?.shape ?? [])} and ${formatShape(shape)} do not hold the same number of elements.`,
      );
    }
    return shape;
  },
  gradient: (y, g) => y.inputs.map((x) => reshape(g, x.shape)),
  tangent: linearTangent,
});
/** The same elements in the same order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : node(reshapeTo([...shape]), [x], {});
}

const transposeRules: Operation<'transpose'> = {
  name: 'transpose',
  shape: ([x], { permutation }) => {
    const shape = x?.shape ?? [];
    const sorted = [...permutation].sort((a, b) => a - b);
    if (!sameShape(sorted, [...shape.keys()])) {
      throw new GraphError(
        `transpose: ${formatShape(permutation)} is not a permutation of the axes of ${formatShape(shape)}.`,
      );
    }
    return permutation.map((axis) => shape[axis] ?? 1);
  },
  gradient: (y, g) => {
    const { permutation } = y.attributes;
    return [
      transpose(
        g,
        [...permutation.keys()].map((axis) => permutation.indexOf(axis)),
      ),
    ];
  },
  tangent: linearTangent,
};
/** Reorders the axes: axis i of the result is axis permutation[i] of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return node(transposeRules, [x], { permutation });
}

const broadcastRules = (shape: Shape): Operation<'broadcastTo'> => ({
  name: 'broadcastTo',
  shape: ([x]) => {
    const from = x?.shape ?? [];
    if (!sameShape(broadcastShapes('broadcastTo', from, shape), shape)) {
      throw new GraphError(`broadcastTo: ${formatShape(from)} does not stretch to ${formatShape(shape)}.`);
    }
    return shape;
  },
  gradient: (y, g) => y.inputs.map((x) => sumTo(g, x.shape)),
  tangent: linearTangent,
});
/** Repeats x along axes of length 1 (and new leading axes) until it has this shape. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : node(broadcastRules([...shape]), [x], {});
}

/** Zeros that take no memory until they are needed. */
export function zeros(shape: Shape): Tensor {
  return broadcastTo(constant(0), shape);
}

const concatRules: Operation<'concat'> = {
  name: 'concat',
  shape: (inputs, { axis }) => {
    const [first, ...rest] = inputs;
    if (!first) throw new GraphError('concat: at least one tensor is needed.');
    for (const other of rest) {
      const fits =
        other.shape.length === first.shape.length &&
        other.shape.every((length, i) => i === axis || length === first.shape[i]);
      if (!fits) {
        throw new GraphError(
          `concat: the shapes ${formatShape(first.shape)} and ${formatShape(other.shape)} differ outside of axis ${axis}.`,
        );
      }
    }
    const total = inputs.reduce((length, x) => length + (x.shape[axis] ?? 0), 0);
    return first.shape.map((length, i) => (i === axis ? total : length));
  },
  gradient: (y, g) => {
    const { axis } = y.attributes;
    let start = 0;
    return y.inputs.map((x) => {
      const starts = x.shape.map((_, i) => (i === axis ? start : 0));
      start += x.shape[axis] ?? 0;
      return slice(g, starts, x.shape);
    });
  },
  tangent: (y, tangents) =>
    concat(
      y.inputs.map((x, i) => tangents[i] ?? zeros(x.shape)),
      y.attributes.axis,
    ),
};
/** Joins tensors along an axis (for images, axis 1 joins channels). */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (first && tensors.length === 1) return first;
  return node(concatRules, [...tensors], { axis: checkedAxis('concat', axis, first?.shape ?? []) });
}

const sliceOf = (sizes: Shape): Operation<'slice'> => ({
  name: 'slice',
  shape: ([x], { starts }) => {
    const shape = x?.shape ?? [];
    const inside =
      starts.length === shape.length &&
      sizes.length === shape.length &&
      shape.every((length, axis) => {
        const start = starts[axis] ?? -1;
        const size = sizes[axis] ?? 0;
        return start >= 0 && size > 0 && start + size <= length;
      });
    if (!inside) {
      throw new GraphError(
        `slice: the part of shape ${formatShape(sizes)} that starts at ${formatShape(starts)} does not lie inside ${formatShape(shape)}.`,
      );
    }
    return sizes;
  },
  gradient: (y, g) =>
    y.inputs.map((x) => {
      const { starts } = y.attributes;
      const after = x.shape.map((length, axis) => length - (starts[axis] ?? 0) - (sizes[axis] ?? 0));
      return pad(g, starts, after);
    }),
  tangent: linearTangent,
});
/** The part of shape `sizes` that starts at `starts`. */
export function slice(x: Tensor, starts: readonly number[], sizes: Shape): Tensor {
  return sameShape(x.shape, sizes) ? x : node(sliceOf([...sizes]), [x], { starts });
}

const padRules: Operation<'pad'> = {
  name: 'pad',
  shape: ([x], { before, after }) => {
    const shape = x?.shape ?? [];
    if (
      before.length !== shape.length ||
      after.length !== shape.length ||
      [...before, ...after].some((n) => n < 0)
    ) {
      throw new GraphError(
        `pad: ${formatShape(before)} before and ${formatShape(after)} after do not fit the shape ${formatShape(shape)}.`,
      );
    }
    return shape.map((length, axis) => length + (before[axis] ?? 0) + (after[axis] ?? 0));
  },
  gradient: (y, g) => y.inputs.map((x) => slice(g, y.attributes.before, x.shape)),
  tangent: linearTangent,
};
/** Adds zeros: before[i] and after[i] along axis i. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  return [...before, ...after].every((n) => n === 0) ? x : node(padRules, [x], { before, after });
}

const gatherRules: Operation<'gather'> = {
  name: 'gather',
  shape: ([table, indices]) => {
    if (!table || table.shape.length === 0 || indices?.type !== 'int32' || table.type !== 'float') {
      throw new GraphError(
        `gather: a table with at least one axis and int32 indices are needed, not ${[table, indices].map((t) => t && describe(t)).join(' and ')}.`,
      );
    }
    return [...indices.shape, ...table.shape.slice(1)];
  },
  tangent: linearTangent,
};
/**
 * Rows of `table` along its axis 0: result shape = shape of indices, then the other axes of the table. Meant for
 * batches out of residents; `table` gets no gradient, but has tangents.
 */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return node(gatherRules, [table, indices], {});
}
