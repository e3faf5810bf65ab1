import type { OperationName, Tensor } from '@oinr/graph';
import { sizeOf, ValuesError } from '@oinr/graph';
import { broadcastStrides, stridesOf, walk } from './arrays.ts';
import { convolve, correlateKernel, flip } from './convolution.ts';
import { errorFunction } from './erf.ts';

/** Indices (int32) are held in float64 as well: they are exact there. */
export type Values = Float64Array;
export type Kernel<K extends OperationName> = (node: Tensor<K>, inputs: readonly Values[]) => Values;
type Source = 'parameter' | 'resident' | 'input' | 'carried';

/** One plain loop for each operation, in float64: the truth that other engines are held to. */
export const kernels: { readonly [K in Exclude<OperationName, Source>]: Kernel<K> } = {
  constant: (node) => node.attributes.values,

  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),

  negate: unary((x) => -x),
  square: unary((x) => x * x),
  sqrt: unary(Math.sqrt),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  exp: unary(Math.exp),
  log: unary(Math.log),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  erf: unary(errorFunction),
  abs: unary(Math.abs),
  sign: unary(Math.sign),
  gelu: unary((x) => x * normalDistribution(x)),
  geluSlope: unary((x) => normalDistribution(x) + (x * Math.exp(-x * x * 0.5)) / Math.sqrt(2 * Math.PI)),
  leakyRelu: (node, [x]) => map(x, (v) => (v > 0 ? v : node.attributes.slope * v)),
  leakyReluSlope: (node, [x]) => map(x, (v) => (v > 0 ? 1 : node.attributes.slope)),
  clip: (node, [x]) => map(x, (v) => Math.min(Math.max(v, node.attributes.low), node.attributes.high)),
  within: (node, [x]) => map(x, (v) => (v > node.attributes.low && v < node.attributes.high ? 1 : 0)),

  matmul,
  convolution: (node, [x = empty, kernel = empty, bias]) => {
    const [image, weights] = node.inputs;
    return convolve(x, kernel, bias, image.shape, weights.shape, node.shape, node.attributes.padding);
  },
  kernelGradient: (node, [x = empty, gradient = empty]) => {
    const [image, output] = node.inputs;
    return correlateKernel(x, gradient, image.shape, output.shape, node.shape, node.attributes.padding);
  },
  flipKernel: (node, [kernel = empty]) => flip(kernel, node.shape),

  reshape: (_node, [x = empty]) => x,
  transpose: (node, [x = empty]) => {
    const from = stridesOf(node.inputs[0].shape);
    const strides = node.attributes.permutation.map((axis) => from[axis]);
    return view(node, x, strides, 0);
  },
  broadcastTo: (node, [x = empty]) => view(node, x, broadcastStrides(node.inputs[0].shape, node.shape), 0),
  concat: (node, inputs) => {
    const result = new Float64Array(sizeOf(node.shape));
    const strides = stridesOf(node.shape);
    let start = 0;
    for (const [i, values] of inputs.entries()) {
      const shape = node.inputs[i].shape;
      walk(shape, strides, start, (index, position) => {
        result[position] = values[index];
      });
      start += shape[node.attributes.axis] * strides[node.attributes.axis];
    }
    return result;
  },
  slice: (node, [x = empty]) => {
    const strides = stridesOf(node.inputs[0].shape);
    return view(node, x, strides, offset(node.attributes.starts, strides));
  },
  pad: (node, [x = empty]) => {
    const result = new Float64Array(sizeOf(node.shape));
    const strides = stridesOf(node.shape);
    walk(node.inputs[0].shape, strides, offset(node.attributes.before, strides), (index, position) => {
      result[position] = x[index];
    });
    return result;
  },
  gather: (node, [table = empty, indices = empty]) => {
    const [rows = 0, ...rest] = node.inputs[0].shape;
    const size = sizeOf(rest);
    const result = new Float64Array(sizeOf(node.shape));
    for (const [i, row] of indices.entries()) {
      if (row < 0 || row >= rows) {
        throw new ValuesError(`gather: the index ${row} lies outside of the table's ${rows} rows.`);
      }
      result.set(table.subarray(row * size, (row + 1) * size), i * size);
    }
    return result;
  },
  sum: (node, [x = empty]) => {
    const shape = node.inputs[0].shape;
    const result = new Float64Array(sizeOf(node.shape));
    walk(shape, broadcastStrides(node.shape, shape), 0, (index, position) => {
      result[position] = result[position] + x[index];
    });
    return result;
  },
};

const empty = new Float64Array(0);

function map(x: Values = empty, f: (value: number) => number): Values {
  return x.map(f);
}

function unary(f: (x: number) => number): (node: Tensor, inputs: readonly Values[]) => Values {
  return (_node, [x]) => map(x, f);
}

function binary(f: (a: number, b: number) => number): (node: Tensor, inputs: readonly Values[]) => Values {
  return (node, [a = empty, b = empty]) => {
    const [left, right] = node.inputs.map((input, i) =>
      sizeOf(input.shape) === sizeOf(node.shape)
        ? i === 0
          ? a
          : b
        : view(node, i === 0 ? a : b, broadcastStrides(input.shape, node.shape), 0),
    );
    return (left ?? empty).map((value, index) => f(value, right?.[index] ?? Number.NaN));
  };
}

/** Reads `x` in the order of the node's elements, with these strides. */
function view(node: Tensor, x: Values, strides: readonly number[], start: number): Values {
  const result = new Float64Array(sizeOf(node.shape));
  walk(node.shape, strides, start, (index, position) => {
    result[index] = x[position];
  });
  return result;
}

function offset(starts: readonly number[], strides: readonly number[]): number {
  return starts.reduce((total, start, axis) => total + start * strides[axis], 0);
}

function normalDistribution(x: number): number {
  return (1 + errorFunction(x / Math.SQRT2)) / 2;
}

function matmul(node: Tensor<'matmul'>, [a = empty, b = empty]: readonly Values[]): Values {
  const [left = [], right = []] = node.inputs.map((input) => input.shape);
  const { transposeA, transposeB } = node.attributes;
  const batch = node.shape.slice(0, -2);
  const [rows = 0, columns = 0] = node.shape.slice(-2);
  const inner = left.at(transposeA ? -2 : -1) ?? 0;
  const [rowStep, innerStepA] = transposeA ? [1, rows] : [inner, 1];
  const [innerStepB, columnStep] = transposeB ? [1, inner] : [columns, 1];
  const batchStrides = (shape: readonly number[], size: number) =>
    broadcastStrides(shape.slice(0, -2), batch).map((stride) => stride * size);
  const startsOfB: number[] = [];
  walk(batch, batchStrides(right, inner * columns), 0, (_, position) => startsOfB.push(position));
  const result = new Float64Array(sizeOf(node.shape));
  walk(batch, batchStrides(left, rows * inner), 0, (index, startA) => {
    const startB = startsOfB[index] ?? 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          total += a[startA + i * rowStep + k * innerStepA] * b[startB + k * innerStepB + j * columnStep];
        }
        result[(index * rows + i) * columns + j] = total;
      }
    }
  });
  return result;
}
