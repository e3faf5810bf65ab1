import type { Tensor } from '@oinr/graph';
import type { OnnxGraph } from './builder.ts';
import { emitBlocked, emitConvolution, emitFlip } from './convolution.ts';
import type { Emitters } from './emission.ts';
import { emitKernelGradient } from './kernelGradient.ts';

const byName: Emitters['byName'] = {
  constant: (graph, node) => graph.floats(node.attributes.values, node.shape),

  add: direct('Add'),
  subtract: direct('Sub'),
  multiply: direct('Mul'),
  divide: direct('Div'),

  negate: direct('Neg'),
  square: (graph, _node, [x = '']) => graph.add('Mul', [x, x]),
  sqrt: direct('Sqrt'),
  sin: direct('Sin'),
  cos: direct('Cos'),
  exp: direct('Exp'),
  log: direct('Log'),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  erf: direct('Erf'),
  abs: direct('Abs'),
  sign: direct('Sign'),
  gelu: (graph, _node, [x = '']) => graph.add('Mul', [x, normalDistribution(graph, x)]),
  // Phi(x) + x phi(x), where x phi(x) = s exp(-s^2) / sqrt(pi) with s = x / sqrt(2). Beyond +-4.6, where this is less than
  // float32 tells apart from 0, s stays there: exp(-s^2) and its products with small gradients would soon be subnormal
  // numbers, with which a processor calculates up to fifteen times slower (a fit of oinr took six times as long at its end).
  geluSlope: (graph, _node, [x = '']) => {
    const scaled = graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)]);
    const s = graph.add('Clip', [scaled, graph.scalar(-4.6), graph.scalar(4.6)]);
    const exponent = graph.add('Sub', [graph.scalar(-0.5 * Math.log(Math.PI)), graph.add('Mul', [s, s])]);
    return graph.add('Add', [
      normalDistribution(graph, x),
      graph.add('Mul', [s, graph.add('Exp', [exponent])]),
    ]);
  },
  leakyRelu: (graph, node, [x = '']) =>
    graph.add('LeakyRelu', [x], { alpha: { float: node.attributes.slope } }),
  // 1 where x > 0, else the slope, in two vector operations: x times a huge number, clipped (Where takes five).
  leakyReluSlope: (graph, node, [x = '']) =>
    graph.add('Clip', [
      graph.add('Mul', [x, graph.scalar(3e38)]),
      graph.scalar(node.attributes.slope),
      graph.scalar(1),
    ]),
  clip: (graph, node, [x = '']) =>
    graph.add('Clip', [x, graph.scalar(node.attributes.low), graph.scalar(node.attributes.high)]),
  within: (graph, node, [x = '']) => {
    const above = graph.add('Greater', [x, graph.scalar(node.attributes.low)]);
    const below = graph.add('Less', [x, graph.scalar(node.attributes.high)]);
    return graph.add('Where', [graph.add('And', [above, below]), graph.scalar(1), graph.scalar(0)]);
  },

  matmul: (graph, node, [a = '', b = ''], { target }) => {
    const { transposeA, transposeB } = node.attributes;
    if (target === 'cpu' && (transposeA || transposeB)) {
      const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
      return graph.add('FusedMatMul', [a, b], attributes, 'com.microsoft');
    }
    const [left, right] = node.inputs.map((input) => input.shape.length);
    return graph.add('MatMul', [
      transposeA ? exchangeLastAxes(graph, a, left) : a,
      transposeB ? exchangeLastAxes(graph, b, right) : b,
    ]);
  },
  flipKernel: emitFlip,

  reshape: (graph, node, [x = '']) => graph.add('Reshape', [x, graph.integers(node.shape)]),
  transpose: (graph, node, [x = '']) => graph.add('Transpose', [x], { perm: node.attributes.permutation }),
  broadcastTo: (graph, node, [x = '']) => graph.add('Expand', [x, graph.integers(node.shape)]),
  concat: (graph, node, inputs) => graph.add('Concat', inputs, { axis: node.attributes.axis }),
  slice: (graph, node, [x = '']) => {
    const { starts } = node.attributes;
    const from = node.inputs[0].shape;
    const cut = [...from.keys()].filter((axis) => from[axis] !== node.shape[axis]);
    return graph.add('Slice', [
      x,
      graph.integers(cut.map((axis) => starts[axis])),
      graph.integers(cut.map((axis) => starts[axis] + node.shape[axis])),
      graph.integers(cut),
    ]);
  },
  pad: (graph, node, [x = '']) =>
    graph.add('Pad', [x, graph.integers([...node.attributes.before, ...node.attributes.after])]),
  gather: (graph, _node, [table = '', indices = '']) => graph.add('Gather', [table, indices], { axis: 0 }),
  sum: (graph, node, [x = '']) =>
    graph.add('ReduceSum', [x, graph.integers(node.attributes.axes)], { keepdims: 1 }),
};

export const emitters: Emitters = {
  byName,
  byLayout: { convolution: emitConvolution, kernelGradient: emitKernelGradient },
  convolutionOnto: emitBlocked,
};

function direct(type: string): (graph: OnnxGraph, node: Tensor, inputs: readonly string[]) => string {
  return (graph, _node, inputs) => graph.add(type, inputs);
}

/** Phi(x), the standard normal distribution. GELU and its derivative share it. */
function normalDistribution(graph: OnnxGraph, x: string): string {
  const half = graph.scalar(0.5);
  const errorFunction = graph.add('Erf', [graph.add('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
  return graph.add('Add', [graph.add('Mul', [errorFunction, half]), half]);
}

function exchangeLastAxes(graph: OnnxGraph, x: string, rank: number): string {
  const axes = [...Array(rank).keys()];
  return graph.add('Transpose', [x], { perm: [...axes.slice(0, -2), rank - 1, rank - 2] });
}
