import type { OperationName, Shape, Tensor } from '@oinr/graph';
import { sameShape, sizeOf } from '@oinr/graph';
import type { OnnxGraph } from './builder.ts';

/*
 * The blocked layout of onnxruntime's CPU convolutions, (batch, channels / b, height, width, b): b channels of one
 * pixel lie side by side and fill a vector register. Its direct convolution runs near the machine's peak, without the
 * im2col copy of the plain one. onnxruntime itself uses it only for convolutions with constant weights; here it is
 * written explicitly (operators of the domain com.microsoft.nchwc), so that training uses it too. Missing channels of
 * the last block are zero. ReorderInput and ReorderOutput convert.
 */
export const blockedDomain = 'com.microsoft.nchwc';

/** Element by element, and finite at the zeros that fill the last block. */
const elementwise = new Set<OperationName>([
  'add',
  'subtract',
  'multiply',
  'negate',
  'square',
  'sin',
  'cos',
  'exp',
  'tanh',
  'sigmoid',
  'erf',
  'abs',
  'sign',
  'gelu',
  'geluSlope',
  'leakyRelu',
  'leakyReluSlope',
  'clip',
  'within',
]);

/** Whether a node gives the right result when its image inputs, and so its result, are in the blocked layout. */
export function canBlock(node: Tensor, block: number): boolean {
  const [, channels = 0] = node.shape;
  if (block === 1 || node.shape.length !== 4 || channels < block) return false;
  if (elementwise.has(node.operation)) {
    return node.inputs.every((input) => sizeOf(input.shape) === 1 || sameShape(input.shape, node.shape));
  }
  const wholeBlocks = [node, ...node.inputs].every(({ shape }) => (shape[1] ?? 0) % block === 0);
  if (node.operation === 'concat')
    return wholeBlocks && 'axis' in node.attributes && node.attributes.axis <= 1;
  if (node.operation === 'slice' && 'starts' in node.attributes) {
    const uncut = [2, 3].every((axis) => node.shape[axis] === node.inputs[0]?.shape[axis]);
    return wholeBlocks && uncut && (node.attributes.starts[1] ?? 0) % block === 0;
  }
  return false;
}

/** (batch, channels, height, width) to the blocked layout. */
export function blockValue(graph: OnnxGraph, plain: string, shape: Shape): string {
  // ReorderInput fills the last block itself, but takes multiples of four channels only.
  const missing = (4 - (shape[1] % 4)) % 4;
  const whole =
    missing === 0 ? plain : graph.add('Pad', [plain, graph.integers([0, 0, 0, 0, 0, missing, 0, 0])]);
  return graph.add('ReorderInput', [whole], {}, blockedDomain);
}

/** The blocked layout back to (batch, channels, height, width). */
export function unblockValue(graph: OnnxGraph, blocked: string, shape: Shape): string {
  return graph.add('ReorderOutput', [blocked], { channels: shape[1] }, blockedDomain);
}
