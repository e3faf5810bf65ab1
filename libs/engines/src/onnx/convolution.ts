import type { Tensor } from '@oinr/graph';
import { is, sizeOf } from '@oinr/graph';
import { blockedDomain } from './blocked.ts';
import type { OnnxGraph } from './builder.ts';
import type { Emission } from './emission.ts';
import type { Attribute } from './model.ts';

/** A convolution: on the CPU the blocked one of two spatial axes, else ONNX's Conv. */
export function emitConvolution(emission: Emission, node: Tensor<'convolution'>): void {
  const [x, kernel, bias] = node.inputs;
  if (!x || !kernel) return;
  const { padding } = node.attributes;
  const attributes = {
    kernel_shape: kernel.shape.slice(2),
    pads: [...padding.map(([before]) => before), ...padding.map(([, after]) => after)],
  };
  const graph = emission.home(...node.inputs);
  const { block } = emission.device;
  if (block === 1 || node.shape.length !== 4) {
    const inputs = [x, kernel, ...(bias ? [bias] : [])].map((input) => emission.plainOf(input));
    emission.set(node, graph.add('Conv', inputs, attributes), 'plain');
    return;
  }
  // Fewer channels than a block are read in the plain layout.
  const few = (x.shape[1] ?? 0) < block;
  const inputs = [few ? emission.plainOf(x) : emission.blockedOf(x), blockedKernel(emission, kernel, block)];
  const outputs = node.shape[1] ?? 0;
  const missing = roundUp(outputs, block) - outputs;
  if (bias) {
    const home = emission.home(bias);
    const values = emission.plainOf(bias);
    inputs.push(missing === 0 ? values : home.add('Pad', [values, home.integers([0, missing])]));
  }
  const slope = emission.foldedSlope(node);
  const activation: Record<string, Attribute> =
    slope === undefined ? {} : { activation: 'LeakyRelu', activation_params: { floats: [slope] } };
  const result = graph.add('Conv', inputs, { ...attributes, ...activation }, blockedDomain);
  emission.set(node, result, 'blocked');
}

/**
 * A kernel (outputs, inputs, rows, columns) in the order (outputs / b, inputs / b, rows, columns, b inputs, b outputs)
 * of the blocked convolution, or (outputs / b, inputs, rows, columns, b outputs) for fewer than b inputs; absent ones
 * are zero. One Gather does it, with the exchange and mirroring of a flipped kernel folded into its indices.
 */
function blockedKernel(emission: Emission, kernel: Tensor, block: number): string {
  const [outputs = 0, inputs = 0, ...space] = kernel.shape;
  const size = sizeOf(space);
  const [original] = kernel.inputs;
  const flipped = is(kernel, 'flipKernel') && original;
  const position = (o: number, i: number, q: number) =>
    flipped ? (i * outputs + o) * size + size - 1 - q : (o * inputs + i) * size + q;
  const inputBlock = inputs < block ? inputs : block;
  const [paddedOutputs, paddedInputs] = [roundUp(outputs, block), roundUp(inputs, inputBlock)];
  const zero = outputs * inputs * size; // one element after the last

  const indices: number[] = [];
  for (let ob = 0; ob < paddedOutputs; ob += block) {
    for (let ib = 0; ib < paddedInputs; ib += inputBlock) {
      const fill = (i: number, q: number) => {
        for (let o = ob; o < ob + block; o++)
          indices.push(o < outputs && i < inputs ? position(o, i, q) : zero);
      };
      if (inputs < block) {
        for (let i = 0; i < inputs; i++) for (let q = 0; q < size; q++) fill(i, q);
      } else {
        for (let q = 0; q < size; q++) for (let i = ib; i < ib + block; i++) fill(i, q);
      }
    }
  }
  const source = flipped || kernel;
  const graph = emission.home(source);
  const flat = graph.add('Reshape', [emission.plainOf(source), graph.integers([zero])]);
  const needsZero = paddedOutputs !== outputs || paddedInputs !== inputs;
  const values = needsZero ? graph.add('Concat', [flat, graph.floats([0])], { axis: 0 }) : flat;
  return graph.add('Gather', [values, graph.integers(indices, [paddedOutputs, paddedInputs, ...space])], {
    axis: 0,
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
  const flat = graph.add('Reshape', [kernel, graph.integers([outputs, channels, size])]);
  const backwards = graph.add('Gather', [flat, graph.integers([...Array(size).keys()].reverse())], {
    axis: 2,
  });
  const exchanged = graph.add('Transpose', [backwards], { perm: [1, 0, 2] });
  return graph.add('Reshape', [exchanged, graph.integers(node.shape)]);
}

function roundUp(n: number, block: number): number {
  return Math.ceil(n / block) * block;
}
