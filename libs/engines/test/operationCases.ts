import type { Tensor } from '@oinr/graph';
import {
  abs,
  add,
  broadcastTo,
  clip,
  concat,
  conv2d,
  conv3d,
  cos,
  divide,
  erf,
  exp,
  gather,
  gelu,
  input,
  leakyRelu,
  log,
  matmul,
  mean,
  meanSquaredError,
  multiply,
  negate,
  pad,
  reshape,
  sigmoid,
  sign,
  sin,
  slice,
  sqrt,
  square,
  subtract,
  sum,
  tanh,
  transpose,
} from '@oinr/graph';

/** One function of tensors with random inputs: tried against finite differences, and on every engine. */
export interface OperationCase {
  readonly name: string;
  /** Shapes of the inputs, all differentiated. */
  readonly shapes: readonly (readonly number[])[];
  /** Range of the inputs; [-2, 2] by default. */
  readonly range?: readonly [number, number];
  /** Kinks inside, where differences do not give the gradient: engines are compared only. */
  readonly kinks?: boolean;
  readonly build: (...inputs: Tensor[]) => Tensor;
}

const unary = (
  name: string,
  build: (x: Tensor) => Tensor,
  range?: readonly [number, number],
): OperationCase => ({
  name,
  shapes: [[3, 7]],
  build,
  ...(range && { range }),
});

export const operationCases: readonly OperationCase[] = [
  unary('negate', negate),
  unary('square', square),
  unary('sqrt', sqrt, [0.3, 4]),
  unary('sin', sin, [-9, 9]),
  unary('cos', cos, [-9, 9]),
  unary('exp', exp),
  unary('log', log, [0.2, 5]),
  unary('tanh', tanh, [-4, 4]),
  unary('sigmoid', sigmoid, [-6, 6]),
  unary('erf', erf, [-3, 3]),
  unary('abs', abs),
  unary('sign', (x) => multiply(sign(x), x)),
  unary('gelu', gelu, [-5, 5]),
  unary('leakyRelu', (x) => leakyRelu(x, 0.1)),
  unary('clip', (x) => clip(x, -0.8, 1.1)),
  {
    name: 'add',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: add,
  },
  {
    name: 'add broadcasting both',
    shapes: [
      [4, 1, 3],
      [5, 1],
    ],
    build: add,
  },
  { name: 'subtract broadcasting a scalar', shapes: [[2, 3], []], build: subtract },
  {
    name: 'multiply broadcasting',
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    build: multiply,
  },
  {
    name: 'divide broadcasting',
    shapes: [
      [2, 3],
      [2, 1],
    ],
    range: [0.5, 2],
    build: divide,
  },
  { name: 'a tensor used twice', shapes: [[3, 3]], build: (x) => add(multiply(x, sin(x)), x) },
  {
    name: 'matmul',
    shapes: [
      [3, 4],
      [4, 5],
    ],
    build: (a, b) => matmul(a, b),
  },
  {
    name: 'matmul, first transposed',
    shapes: [
      [4, 3],
      [4, 5],
    ],
    build: (a, b) => matmul(a, b, { transposeA: true }),
  },
  {
    name: 'matmul, second transposed',
    shapes: [
      [3, 4],
      [5, 4],
    ],
    build: (a, b) => matmul(a, b, { transposeB: true }),
  },
  {
    name: 'matmul, both transposed',
    shapes: [
      [4, 3],
      [5, 4],
    ],
    build: (a, b) => matmul(a, b, { transposeA: true, transposeB: true }),
  },
  {
    name: 'matmul, batched and broadcast',
    shapes: [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    build: (a, b) => matmul(a, b),
  },
  { name: 'conv2d 3x3', shapes: [[2, 3, 5, 6], [4, 3, 3, 3], [4]], build: (x, w, b) => conv2d(x, w, b) },
  {
    name: 'conv2d 1x1 without bias',
    shapes: [
      [2, 3, 4, 5],
      [2, 3, 1, 1],
    ],
    build: (x, w) => conv2d(x, w),
  },
  {
    name: 'conv2d 3x3 to one channel',
    shapes: [[1, 8, 6, 5], [1, 8, 3, 3], [1]],
    build: (x, w, b) => conv2d(x, w, b),
  },
  { name: 'conv2d 1x5', shapes: [[2, 2, 4, 7], [3, 2, 1, 5], [3]], build: (x, w, b) => conv2d(x, w, b) },
  {
    name: 'conv2d 3x1',
    shapes: [
      [1, 2, 6, 3],
      [3, 2, 3, 1],
    ],
    build: (x, w) => conv2d(x, w),
  },
  {
    name: 'conv2d with its own padding',
    shapes: [[2, 2, 5, 6], [3, 2, 3, 2], [3]],
    build: (x, w, b) =>
      conv2d(x, w, b, [
        [2, 0],
        [0, 1],
      ]),
  },
  {
    name: 'conv2d without padding',
    shapes: [
      [2, 16, 6, 7],
      [8, 16, 3, 3],
    ],
    build: (x, w) =>
      conv2d(x, w, undefined, [
        [0, 0],
        [0, 0],
      ]),
  },
  {
    name: 'two convolutions of 16 channels with sin and a skip',
    shapes: [[2, 16, 9, 10], [16, 16, 3, 3], [16], [16, 16, 3, 3]],
    range: [-0.5, 0.5],
    build: (x, w, b, v) => add(x, conv2d(sin(conv2d(x, w, b)), v)),
  },
  {
    name: 'convolutions of 20, 10, 34 and 3 channels, which fill no block of a CPU',
    shapes: [[1, 20, 5, 6], [10, 20, 3, 3], [10], [34, 10, 1, 1], [3, 34, 3, 3]],
    range: [-0.5, 0.5],
    build: (x, u, b, v, w) => conv2d(gelu(conv2d(sin(conv2d(x, u, b)), v)), w),
  },
  {
    name: 'sums of convolutions and an image: with bias, before a leaky ReLU, of few channels, and of one that is read twice',
    shapes: [[2, 20, 5, 6], [20, 20, 3, 3], [20], [20, 20, 1, 1], [20, 3, 1, 1], [2, 3, 5, 6]],
    range: [-0.5, 0.5],
    kinks: true,
    build: (x, u, b, v, w, few) => {
      const [within, beside] = [conv2d(x, u, b), conv2d(x, v)];
      const both = leakyRelu(add(add(conv2d(few, w), conv2d(sin(x), v)), within));
      // Added to itself, to what it came from, and to an image that other things read too.
      return add(add(add(both, add(beside, beside)), x), add(both, conv2d(both, v)));
    },
  },
  {
    name: 'leaky ReLU after convolutions, once alone and once beside another reader',
    kinks: true,
    shapes: [[2, 3, 5, 6], [16, 3, 3, 3], [16], [16, 16, 3, 3]],
    build: (x, u, b, v) => {
      const hidden = conv2d(leakyRelu(conv2d(x, u, b)), v);
      return add(leakyRelu(hidden, 0.2), hidden);
    },
  },
  {
    name: 'blocks of channels joined and cut',
    shapes: [
      [1, 16, 4, 5],
      [16, 16, 3, 3],
    ],
    range: [-0.5, 0.5],
    build: (x, w) => {
      const [a, b] = [conv2d(x, w), sin(conv2d(sin(x), w))];
      const joined = concat([a, b, x], 1);
      return multiply(slice(joined, [0, 8, 0, 0], [1, 32, 4, 5]), slice(joined, [0, 3, 0, 0], [1, 32, 4, 5]));
    },
  },
  {
    name: 'conv3d 3x3x3',
    shapes: [[2, 2, 3, 4, 5], [3, 2, 3, 3, 3], [3]],
    build: (x, w, b) => conv3d(x, w, b),
  },
  {
    name: 'conv3d 1x3x2 without padding',
    shapes: [
      [1, 2, 3, 4, 5],
      [2, 2, 1, 3, 2],
    ],
    build: (x, w) =>
      conv3d(x, w, undefined, [
        [0, 0],
        [0, 0],
        [0, 0],
      ]),
  },
  { name: 'reshape', shapes: [[2, 6]], build: (x) => square(reshape(x, [3, 4])) },
  { name: 'transpose', shapes: [[2, 3, 4]], build: (x) => square(transpose(x, [2, 0, 1])) },
  { name: 'broadcastTo', shapes: [[3, 1]], build: (x) => square(broadcastTo(x, [2, 3, 4])) },
  {
    name: 'concat',
    shapes: [
      [2, 3],
      [2, 1],
      [2, 4],
    ],
    build: (...x) => square(concat(x, 1)),
  },
  { name: 'slice', shapes: [[4, 5]], build: (x) => square(slice(x, [1, 2], [2, 3])) },
  { name: 'pad', shapes: [[2, 3]], build: (x) => square(pad(x, [1, 0], [0, 2])) },
  { name: 'sum over axes', shapes: [[2, 3, 4]], build: (x) => square(sum(x, [0, -1])) },
  { name: 'mean over one axis, kept', shapes: [[2, 3, 4]], build: (x) => square(mean(x, [1], true)) },
  {
    name: 'depth to rows: two output channels become interleaved rows',
    shapes: [[2, 2, 3, 4]],
    build: (x) => square(reshape(transpose(x, [0, 2, 1, 3]), [2, 1, 6, 4])),
  },
  {
    name: 'meanSquaredError',
    shapes: [
      [2, 5],
      [2, 5],
    ],
    build: meanSquaredError,
  },
];

/** gather takes indices, which have no gradient and no random values. */
export const gatherCase = {
  name: 'gather',
  table: [5, 2, 3],
  indices: Int32Array.of(4, 0, 4, 2),
  build: (table: Tensor): Tensor => gather(table, input('which', [4], 'int32')),
};
