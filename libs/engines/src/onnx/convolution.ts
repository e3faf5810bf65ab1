import type { Tensor } from '@oinr/graph';
import { sizeOf } from '@oinr/graph';
import type { OnnxGraph } from './builder.ts';
import type { Target } from './emit.ts';

export function emitConvolution(
  graph: OnnxGraph,
  node: Tensor<'convolution'>,
  inputs: readonly string[],
): string {
  const { padding } = node.attributes;
  return graph.add('Conv', inputs, {
    kernel_shape: node.inputs[1]?.shape.slice(2) ?? [],
    pads: [...padding.map(([before]) => before), ...padding.map(([, after]) => after)],
  });
}

/** Exchanges inputs and outputs, and mirrors the spatial axes by reading their flat order backwards. */
export function emitFlip(
  graph: OnnxGraph,
  node: Tensor<'flipKernel'>,
  [kernel = '']: readonly string[],
): string {
  const [channels = 0, outputs = 0, ...space] = node.shape;
  const size = sizeOf(space);
  if (size === 1)
    return graph.add('Transpose', [kernel], { perm: [1, 0, ...space.map((_, axis) => axis + 2)] });
  const flat = graph.add('Reshape', [kernel, graph.integers([outputs, channels, size])]);
  const backwards = graph.add('Gather', [flat, graph.integers([...Array(size).keys()].reverse())], {
    axis: 2,
  });
  const exchanged = graph.add('Transpose', [backwards], { perm: [1, 0, 2] });
  return graph.add('Reshape', [exchanged, graph.integers(node.shape)]);
}

/**
 * The gradient with respect to a kernel of k rows and l columns as ONE matrix product instead of k l of them. Over the
 * flat positions p of the padded image (rows of width W), the element (r, c) of the kernel is
 * sum_p g[p] x[p + r W + c] = sum_q g[q - r W] x[q + c]: shifting g by rows and x by columns gives all k l pairs from
 * k copies of g and l copies of x. ONNX pads by negative amounts as well, so each copy is one Pad.
 */
export function emitKernelGradient(
  graph: OnnxGraph,
  node: Tensor<'kernelGradient'>,
  [x = '', gradient = '']: readonly string[],
  target: Target,
): string {
  const { kernel, padding } = node.attributes;
  const [image = [], output = []] = node.inputs.map((input) => input.shape);
  const [outputs = 0, channels = 0] = node.shape;
  const batch = image[0] ?? 0;
  const columns = kernel.at(-1) ?? 1;
  const leading = kernel.slice(0, -1);
  const padded = image
    .slice(2)
    .map((length, axis) => length + (padding[axis]?.[0] ?? 0) + (padding[axis]?.[1] ?? 0));
  const positions = sizeOf(padded);

  const padTo = (value: string, before: readonly number[], after: readonly number[]) =>
    [...before, ...after].every((n) => n === 0)
      ? value
      : graph.add('Pad', [value, graph.integers([0, 0, ...before, 0, 0, ...after])]);
  const join = (values: readonly string[], rows: number) => {
    const joined = values.length === 1 ? (values[0] ?? '') : graph.add('Concat', values, { axis: 1 });
    return graph.add('Reshape', [joined, graph.integers([batch, rows, positions])]);
  };

  const shiftedImages = Array.from({ length: columns }, (_, c) =>
    padTo(
      x,
      padding.map(([before], axis) => (axis === leading.length ? before - c : before)),
      padding.map(([, after], axis) => (axis === leading.length ? after + c : after)),
    ),
  );
  const shiftedGradients = offsets(leading).map((shift) =>
    padTo(
      gradient,
      [...shift, 0],
      padded.map((length, axis) => length - (output[axis + 2] ?? 0) - (shift[axis] ?? 0)),
    ),
  );
  const left = join(shiftedGradients, sizeOf(leading) * outputs);
  const right = join(shiftedImages, columns * channels);
  const products =
    target === 'cpu'
      ? graph.add('FusedMatMul', [left, right], { transB: 1 }, 'com.microsoft')
      : graph.add('MatMul', [left, graph.add('Transpose', [right], { perm: [0, 2, 1] })]);
  const total =
    batch === 1 ? products : graph.add('ReduceSum', [products, graph.integers([0])], { keepdims: 0 });
  const split = graph.add('Reshape', [total, graph.integers([sizeOf(leading), outputs, columns, channels])]);
  return graph.add('Reshape', [
    graph.add('Transpose', [split], { perm: [1, 3, 0, 2] }),
    graph.integers(node.shape),
  ]);
}

/** All index tuples of a shape in row-major order. */
function offsets(shape: readonly number[]): readonly (readonly number[])[] {
  return shape.reduce<readonly (readonly number[])[]>(
    (tuples, length) => tuples.flatMap((tuple) => Array.from({ length }, (_, i) => [...tuple, i])),
    [[]],
  );
}
