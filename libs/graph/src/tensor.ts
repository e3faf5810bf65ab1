import { UserError } from '@oinr/errors';

/**
 * The nodes of the graph. A tensor knows how it is made (operation, inputs, attributes), its shape and its element
 * type, and never its values: executors compute those. Values are row-major (last dimension fastest); images are
 * (batch, channels, height, width), volumes (batch, channels, depth, height, width).
 */
export type Shape = readonly number[];
export type ElementType = 'float' | 'int32';

/** A value given from outside the graph: its name, and for errors what it is. */
export interface SourceAttributes {
  readonly name: string;
}
/** Zero padding of each spatial axis: [before, after]. */
export type Padding = readonly (readonly [number, number])[];

type None = Readonly<Record<never, never>>;

/** Every operation with its attributes. An executor is complete when it has a kernel for each of these names. */
export interface OperationAttributes {
  parameter: SourceAttributes;
  resident: SourceAttributes;
  input: SourceAttributes;
  /** What a training step carries to the next one: `parameters`, `firstMoments`, `secondMoments`; all flat. */
  carried: SourceAttributes;
  constant: { readonly values: Float64Array };

  add: None;
  subtract: None;
  multiply: None;
  divide: None;

  negate: None;
  square: None;
  sqrt: None;
  sin: None;
  cos: None;
  exp: None;
  log: None;
  tanh: None;
  sigmoid: None;
  erf: None;
  abs: None;
  sign: None;
  gelu: None;
  geluSlope: None;
  leakyRelu: { readonly slope: number };
  leakyReluSlope: { readonly slope: number };
  clip: { readonly low: number; readonly high: number };
  within: { readonly low: number; readonly high: number };

  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  convolution: { readonly padding: Padding };
  kernelGradient: { readonly kernel: Shape; readonly padding: Padding };
  flipKernel: None;

  reshape: None;
  transpose: { readonly permutation: readonly number[] };
  broadcastTo: None;
  concat: { readonly axis: number };
  slice: { readonly starts: readonly number[] };
  pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  gather: None;
  sum: { readonly axes: readonly number[] };
}
export type OperationName = keyof OperationAttributes;

/** One node of the graph. */
export interface Tensor<K extends OperationName = OperationName> {
  readonly operation: K;
  readonly inputs: readonly Tensor[];
  readonly attributes: OperationAttributes[K];
  readonly shape: Shape;
  readonly type: ElementType;
  /** The rules of the operation; kept at the node so that no global table is needed. */
  readonly rules: Operation<K>;
}

/** What the graph has to know about an operation. How it is computed is the executors' business. */
export interface Operation<K extends OperationName> {
  readonly name: K;
  /** The shape of the result; throws GraphError when the inputs do not fit. */
  shape(inputs: readonly Tensor[], attributes: OperationAttributes[K]): Shape;
  /**
   * The gradient of the loss with respect to each input, given the one with respect to the result, as new nodes;
   * undefined where there is none (indices, steps). Absent: constant almost everywhere.
   */
  gradient?(node: Tensor<K>, outputGradient: Tensor): readonly (Tensor | undefined)[];
  /**
   * The tangent of the result, given those of the inputs, as new nodes: how fast the result changes while each input
   * moves along its tangent; undefined stands for an input that does not move. At least one does. Absent: constant almost
   * everywhere.
   */
  tangent?(node: Tensor<K>, tangents: Tangents): Tensor;
}

/** The tangents of the inputs of a node, in their order. */
export type Tangents = readonly (Tensor | undefined)[];

/** A graph that cannot be built: the message names the operation and the shapes. */
export class GraphError extends UserError {
  override readonly name = 'GraphError';
}

/** Makes a node after checking its shapes. */
export function node<K extends OperationName>(
  rules: Operation<K>,
  inputs: readonly Tensor[],
  attributes: OperationAttributes[K],
): Tensor<K> {
  for (const input of inputs) {
    if (input.type === 'int32' && rules.name !== 'gather') {
      throw new GraphError(
        `${rules.name}: the input ${describe(input)} has int32 elements, which only gather takes, as indices.`,
      );
    }
  }
  const shape = rules.shape(inputs, attributes);
  return Object.freeze({ operation: rules.name, inputs, attributes, shape, type: 'float', rules });
}

/** The tangent of an operation that is linear in its first input, the only one that moves: the operation itself. */
export function linearTangent<K extends OperationName>(y: Tensor<K>, tangents: Tangents): Tensor {
  const [tangent] = tangents as readonly [Tensor];
  return node(y.rules, [tangent, ...y.inputs.slice(1)], y.attributes);
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** For messages: `[2, 3]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** For messages: `conv [2, 3]` or `input "slices" [4, 1, 9, 9]`. */
export function describe(tensor: Tensor): string {
  const name = 'name' in tensor.attributes ? ` "${tensor.attributes.name}"` : '';
  return `${tensor.operation}${name} ${formatShape(tensor.shape)}`;
}
