import type { OperationName, Padding, Tensor } from '@oinr/graph';
import type * as tfjs from '@tensorflow/tfjs';

export type TensorFlow = typeof tfjs;
export type Value = tfjs.Tensor;
type Source = 'parameter' | 'resident' | 'input' | 'carried';
export type Kernel<K extends OperationName> = (tf: TensorFlow, node: Tensor<K>, inputs: Value[]) => Value;

/**
 * Each operation with TensorFlow.js. Images are kept as (batch, channels, height, width) and brought to the
 * channels-last order, the only one that all its backends convolve, around each convolution.
 */
export const kernels: { readonly [K in Exclude<OperationName, Source>]: Kernel<K> } = {
  constant: (tf, node) => tf.tensor(Float32Array.from(node.attributes.values), [...node.shape], 'float32'),

  add: binary((tf, a, b) => tf.add(a, b)),
  subtract: binary((tf, a, b) => tf.sub(a, b)),
  multiply: binary((tf, a, b) => tf.mul(a, b)),
  divide: binary((tf, a, b) => tf.div(a, b)),

  negate: unary((tf, x) => tf.neg(x)),
  square: unary((tf, x) => tf.square(x)),
  sqrt: unary((tf, x) => tf.sqrt(x)),
  sin: unary((tf, x) => tf.sin(x)),
  cos: unary((tf, x) => tf.cos(x)),
  exp: unary((tf, x) => tf.exp(x)),
  log: unary((tf, x) => tf.log(x)),
  tanh: unary((tf, x) => tf.tanh(x)),
  sigmoid: unary((tf, x) => tf.sigmoid(x)),
  erf: unary((tf, x) => tf.erf(x)),
  abs: unary((tf, x) => tf.abs(x)),
  sign: unary((tf, x) => tf.sign(x)),
  gelu: unary((tf, x) => tf.mul(x, normalDistribution(tf, x))),
  geluSlope: unary((tf, x) => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.add(normalDistribution(tf, x), tf.mul(x, density));
  }),
  leakyRelu: (tf, node, [x]) => tf.leakyRelu(given(x), node.attributes.slope),
  leakyReluSlope: (tf, node, [x]) => {
    const { slope } = node.attributes;
    return tf.add(tf.mul(tf.cast(tf.greater(given(x), 0), 'float32'), 1 - slope), slope);
  },
  clip: (tf, node, [x]) => tf.clipByValue(given(x), node.attributes.low, node.attributes.high),
  within: (tf, node, [x]) => {
    const { low, high } = node.attributes;
    return tf.cast(tf.logicalAnd(tf.greater(given(x), low), tf.less(given(x), high)), 'float32');
  },

  matmul: (tf, node, [a, b]) => batchedProduct(tf, node, given(a), given(b)),
  convolution: (tf, node, [x, kernel, bias]) => {
    const image = padded(tf, channelsLast(tf, given(x)), node.attributes.padding);
    // (outputs, inputs, space) -> (space, inputs, outputs)
    const space = [...node.shape.keys()].slice(2);
    const filter = tf.transpose(given(kernel), [...space, 1, 0]);
    const result =
      node.shape.length === 4
        ? tf.conv2d(image as tfjs.Tensor4D, filter as tfjs.Tensor4D, 1, 'valid')
        : tf.conv3d(image as tfjs.Tensor5D, filter as tfjs.Tensor5D, 1, 'valid');
    return channelsFirst(tf, bias ? tf.add(result, bias) : result);
  },
  kernelGradient: (tf, node, [x, gradient]) => {
    const image = padded(tf, channelsLast(tf, given(x)), node.attributes.padding);
    const dy = channelsLast(tf, given(gradient));
    const [outputs = 0, channels = 0, ...space] = node.shape;
    const filterShape = [...space, channels, outputs];
    const result: Value =
      space.length === 2
        ? tf
            .engine()
            .runKernel(
              'Conv2DBackpropFilter',
              { x: image, dy },
              { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', filterShape },
            )
        : tf
            .engine()
            .runKernel(
              'Conv3DBackpropFilterV2',
              { x: image, dy },
              { strides: [1, 1, 1], pad: 'valid', filterShape },
            );
    return tf.transpose(result, [space.length + 1, space.length, ...space.keys()]);
  },
  flipKernel: (tf, node, [kernel]) => {
    const axes = [...node.shape.keys()];
    return tf.transpose(tf.reverse(given(kernel), axes.slice(2)), [1, 0, ...axes.slice(2)]);
  },

  reshape: (tf, node, [x]) => tf.reshape(given(x), [...node.shape]),
  transpose: (tf, node, [x]) => tf.transpose(given(x), [...node.attributes.permutation]),
  broadcastTo: (tf, node, [x]) => tf.broadcastTo(given(x), [...node.shape]),
  concat: (tf, node, inputs) => tf.concat(inputs, node.attributes.axis),
  slice: (tf, node, [x]) => tf.slice(given(x), [...node.attributes.starts], [...node.shape]),
  pad: (tf, node, [x]) => {
    const { before, after } = node.attributes;
    return tf.pad(
      given(x),
      before.map((n, axis) => [n, after[axis]]),
    );
  },
  gather: (tf, _node, [table, indices]) => tf.gather(given(table), given(indices) as tfjs.Tensor1D, 0),
  sum: (tf, node, [x]) => tf.sum(given(x), [...node.attributes.axes], true),
};

function given(value: Value | undefined): Value {
  if (!value) throw new Error('An operation has too few inputs.');
  return value;
}

function unary(
  f: (tf: TensorFlow, x: Value) => Value,
): (tf: TensorFlow, node: Tensor, inputs: Value[]) => Value {
  return (tf, _node, [x]) => f(tf, given(x));
}

function binary(
  f: (tf: TensorFlow, a: Value, b: Value) => Value,
): (tf: TensorFlow, node: Tensor, inputs: Value[]) => Value {
  return (tf, _node, [a, b]) => f(tf, given(a), given(b));
}

function normalDistribution(tf: TensorFlow, x: Value): Value {
  return tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
}

/** TensorFlow.js multiplies stacks of equal rank only: the leading axes are stretched first. */
function batchedProduct(tf: TensorFlow, node: Tensor<'matmul'>, a: Value, b: Value): Value {
  const { transposeA, transposeB } = node.attributes;
  const batch = node.shape.slice(0, -2);
  const stretch = (x: Value) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  if (batch.length === 0) return tf.matMul(a, b, transposeA, transposeB);
  return tf.matMul(stretch(a), stretch(b), transposeA, transposeB);
}

function channelsLast(tf: TensorFlow, x: Value): Value {
  return tf.transpose(x, [0, ...[...x.shape.keys()].slice(2), 1]);
}

function channelsFirst(tf: TensorFlow, x: Value): Value {
  return tf.transpose(x, [0, x.shape.length - 1, ...[...x.shape.keys()].slice(1, -1)]);
}

function padded(tf: TensorFlow, x: Value, padding: Padding): Value {
  if (padding.every(([before, after]) => before === 0 && after === 0)) return x;
  return tf.pad(x, [[0, 0], ...padding.map(([before, after]): [number, number] => [before, after]), [0, 0]]);
}
