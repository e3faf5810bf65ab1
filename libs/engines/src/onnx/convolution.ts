import type { Tensor } from '@oinr/graph';
import { is, sizeOf } from '@oinr/graph';
import { blockedDomain } from './blocked.ts';
import type { OnnxGraph } from './builder.ts';
import type { Emission } from './emission.ts';
import type { Attribute } from './model.ts';

/** A convolution: on the CPU the blocked one of two spatial axes, else ONNX's Conv. */
export function emitConvolution(emission: Emission, node: Tensor<'convolution'>): void {
  if (emission.device.block > 1 && node.shape.length === 4) {
    emitBlocked(emission, node, node);
    return;
  }
  const inputs = node.inputs.map((input) => emission.plainOf(input));
  emission.set(node, emission.home(...node.inputs).add('Conv', inputs, attributesOf(node)), 'plain');
}

/** Writes a blocked convolution that begins with `onto` or zeros, and binds what it gives to `result`. */
export function emitBlocked(
  emission: Emission,
  result: Tensor,
  node: Tensor<'convolution'>,
  onto?: Tensor,
): void {
  const [x, kernel, bias] = node.inputs;
  if (!x || !kernel) return;
  const { block } = emission.device;
  // Fewer channels than a block are read in the plain layout.
  const few = x.shape[1] < block;
  const inputs = [few ? emission.plainOf(x) : emission.blockedOf(x), blockedKernel(emission, kernel, block)];
  const outputs = node.shape[1];
  const missing = roundUp(outputs, block) - outputs;
  if (bias) {
    const home = emission.home(bias);
    const values = emission.plainOf(bias);
    inputs.push(missing === 0 ? values : home.add('Pad', [values, home.integers([0, missing])]));
  }
  if (onto) inputs.push(...(bias ? [] : [absent]), emission.blockedOf(onto));
  const slope = emission.foldedSlope(result);
  const activation: Record<string, Attribute> =
    slope === undefined ? {} : { activation: 'LeakyRelu', activation_params: { floats: [slope] } };
  const graph = emission.home(...node.inputs, ...(onto ? [onto] : []));
  const name = graph.add('Conv', inputs, { ...attributesOf(node), ...activation }, blockedDomain);
  emission.set(result, name, 'blocked');
}

/** The name of an input that is not given. */
const absent = '';

function attributesOf({ attributes: { padding }, inputs: [, kernel] }: Tensor<'convolution'>) {
  return {
    kernel_shape: kernel.shape.slice(2),
    pads: [...padding.map(([before]) => before), ...padding.map(([, after]) => after)],
  };
}

/**
 * A kernel (outputs, inputs, rows, columns) in the order (outputs / b, inputs / b, rows, columns, b inputs, b outputs)
 * of the blocked convolution, or (outputs / b, inputs, rows, columns, b outputs) for fewer than b inputs; absent ones
 * are zero. The exchange and mirroring of a flipped kernel are part of it. Written as moves of one axis at a time,
 * which onnxruntime does by blocks; one Gather of all elements takes five times as long.
 */
function blockedKernel(emission: Emission, kernel: Tensor, block: number): string {
  const [outputs = 0, inputs = 0, ...space] = kernel.shape;
  const size = sizeOf(space);
  const few = inputs < block;
  const [wholeOutputs, wholeInputs] = [roundUp(outputs, block), few ? inputs : roundUp(inputs, block)];
  const [original] = kernel.inputs;
  const flipped = is(kernel, 'flipKernel') && original;
  const source = flipped || kernel;
  const graph = emission.home(source);
  const move = (value: string, shape: readonly number[], perm: readonly number[]): string =>
    graph.add('Transpose', [graph.add('Reshape', [value, graph.integers(shape)])], { perm });

  const missing = [wholeOutputs - outputs, wholeInputs - inputs];
  const pads = [0, 0, 0, 0, ...(flipped ? missing.toReversed() : missing), 0, 0];
  const plain = emission.plainOf(source);
  let value = pads.some((n) => n > 0) ? graph.add('Pad', [plain, graph.integers(pads)]) : plain;
  if (flipped) {
    value = move(value, [few ? wholeInputs : wholeInputs / block, -1, size], [0, 2, 1]);
    value = move(value, [-1, wholeOutputs / block, block], [1, 0, 2]);
    const elements = graph.add('Reshape', [value, graph.integers([-1, size, few ? block : block ** 2])]);
    value = graph.add('Gather', [elements, graph.integers([...Array(size).keys()].reverse())], { axis: 1 });
  } else {
    value = move(value, [-1, block, wholeInputs * size], [0, 2, 1]);
    if (!few) value = move(value, [-1, block, size, block], [0, 2, 1, 3]);
  }
  return graph.add('Reshape', [value, graph.integers([wholeOutputs, wholeInputs, ...space])]);
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
