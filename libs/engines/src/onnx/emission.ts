import type { OperationName, Tensor } from '@oinr/graph';
import { is, sameShape, topologicalOrder } from '@oinr/graph';
import { blockValue, canBlock, unblockValue } from './blocked.ts';
import type { OnnxGraph } from './builder.ts';
import type { Device } from './device.ts';

/** Writes an operation for which the names of its inputs are enough; returns the name of the result. */
export type Emitter<K extends OperationName> = (
  graph: OnnxGraph,
  node: Tensor<K>,
  inputs: readonly string[],
  device: Device,
) => string;

/** Writes an operation that chooses the layout of its inputs itself, and binds the result with `Emission.set`. */
export type LayoutEmitter<K extends OperationName> = (emission: Emission, node: Tensor<K>) => void;

type Source = 'parameter' | 'resident' | 'input' | 'carried';
type ByLayout = 'convolution' | 'kernelGradient';

/** How every operation of the tensor graph is written in ONNX. Sources are bound by the caller. */
export interface Emitters {
  readonly byName: { readonly [K in Exclude<OperationName, Source | ByLayout>]: Emitter<K> };
  readonly byLayout: { readonly [K in ByLayout]: LayoutEmitter<K> };
  /** Writes the sum of a convolution that nothing else reads and another image. */
  readonly convolutionOnto: (
    emission: Emission,
    sum: Tensor,
    convolution: Tensor<'convolution'>,
    other: Tensor,
  ) => void;
}

/**
 * Writes the nodes of a tensor graph as ONNX nodes. A value may exist in the plain layout (row-major), in the blocked
 * one (see blocked.ts), or in both; each conversion is written at most once, and only when somebody asks for it.
 * Values that depend on nothing that changes from step to step are computed in `outer`, once per call, instead of in
 * the body of the loop.
 */
export class Emission {
  readonly device: Device;
  private readonly emitters: Emitters;
  private readonly body: OnnxGraph;
  private readonly outer: OnnxGraph;
  private readonly fixed = new Set<Tensor>();
  private readonly plain = new Map<Tensor, string>();
  private readonly blocked = new Map<Tensor, string>();
  /** Computed in the blocked layout, not converted to it. */
  private readonly native = new Set<Tensor>();
  private readonly users = new Map<Tensor, Tensor[]>();
  private readonly activated = new Set<Tensor>();
  /** Sums that a convolution ends in, with it and what it is added to. */
  private readonly sums = new Map<Tensor, readonly [convolution: Tensor<'convolution'>, other: Tensor]>();
  private outputs: readonly Tensor[] = [];

  constructor(body: OnnxGraph, outer: OnnxGraph, device: Device, emitters: Emitters) {
    this.emitters = emitters;
    this.body = body;
    this.outer = outer;
    this.device = device;
  }

  /** Binds a source to the name of its value. */
  bind(source: Tensor, name: string): void {
    this.plain.set(source, name);
  }

  /** Writes all nodes that `outputs` need; returns the names of their values in the plain layout. */
  emit(outputs: readonly Tensor[]): readonly string[] {
    const order = topologicalOrder(outputs);
    this.outputs = outputs;
    for (const node of order) {
      for (const input of node.inputs) this.users.set(input, [...(this.users.get(input) ?? []), node]);
      const source = is(node, 'resident') || is(node, 'constant');
      if (source || (node.inputs.length > 0 && node.inputs.every((input) => this.fixed.has(input)))) {
        this.fixed.add(node);
      }
    }
    if (this.device.block > 1) for (const node of order) this.foldSum(node);
    const summed = new Set<Tensor>([...this.sums.values()].map(([convolution]) => convolution));
    // A flipped kernel is usually folded into its convolution; it is written when something else asks for it.
    for (const node of order) if (!is(node, 'flipKernel') && !summed.has(node)) this.ensure(node);
    return outputs.map((output) => this.plainOf(output));
  }

  /** Whether a value is the same in every step. */
  isFixed(node: Tensor): boolean {
    return this.fixed.has(node);
  }

  /** The graph in which values that depend on these tensors are computed. */
  home(...inputs: readonly Tensor[]): OnnxGraph {
    return inputs.every((input) => this.fixed.has(input)) ? this.outer : this.body;
  }

  /** The value in row-major order. */
  plainOf(node: Tensor): string {
    this.ensure(node);
    const blocked = this.blocked.get(node) ?? '';
    return getOrSet(this.plain, node, () => unblockValue(this.home(node), blocked, node.shape));
  }

  /** The value in the blocked layout. */
  blockedOf(node: Tensor): string {
    this.ensure(node);
    const plain = this.plain.get(node) ?? '';
    return getOrSet(this.blocked, node, () => blockValue(this.home(node), plain, node.shape));
  }

  /** Binds a node to a value that was computed in this layout. */
  set(node: Tensor, name: string, layout: 'plain' | 'blocked'): void {
    if (layout === 'blocked') this.native.add(node);
    (layout === 'blocked' ? this.blocked : this.plain).set(node, name);
  }

  /**
   * The slope of the leaky ReLU that a convolution (or the sum it ends in) may apply itself, because nothing else reads its
   * result: its derivative does, but the sign is all that it needs, and that is the same after the activation.
   */
  foldedSlope(node: Tensor): number | undefined {
    const users = this.users.get(node) ?? [];
    const slopes = users.map((user) =>
      is(user, 'leakyRelu') || is(user, 'leakyReluSlope') ? user.attributes.slope : 0,
    );
    const [slope = 0] = slopes;
    const folds = slope > 0 && slopes.every((other) => other === slope) && !this.outputs.includes(node);
    if (folds) this.activated.add(node);
    return folds ? slope : undefined;
  }

  /**
   * Blocked convolutions begin with a given image in place of zeros, at no cost: a sum whose one side is a convolution that
   * nothing else reads is left to it. Of two such sides the later one: the other has its result by then.
   */
  private foldSum(node: Tensor): void {
    if (!is(node, 'add') || node.shape.length !== 4) return;
    const folds = (side: Tensor): side is Tensor<'convolution'> =>
      is(side, 'convolution') && this.users.get(side)?.length === 1 && !this.outputs.includes(side);
    const { inputs } = node;
    const at = inputs.findLastIndex(folds);
    const [side, other] = [inputs[at], inputs[1 - at]];
    if (side === undefined || !folds(side) || !inputs.every((input) => sameShape(input.shape, node.shape)))
      return;
    this.sums.set(node, [side, other]);
  }

  private ensure(node: Tensor): void {
    if (this.plain.has(node) || this.blocked.has(node)) return;
    const [first] = node.inputs;
    const sum = this.sums.get(node);
    if (is(node, 'convolution')) this.emitters.byLayout.convolution(this, node);
    else if (sum) this.emitters.convolutionOnto(this, node, ...sum);
    else if (is(node, 'kernelGradient')) this.emitters.byLayout.kernelGradient(this, node);
    else if (is(node, 'leakyRelu') && first && this.activated.has(first)) this.share(first, node);
    else this.emitByName(node);
  }

  private share(from: Tensor, to: Tensor): void {
    const [plain, blocked] = [this.plain.get(from), this.blocked.get(from)];
    if (plain !== undefined) this.plain.set(to, plain);
    if (blocked !== undefined) this.set(to, blocked, 'blocked');
  }

  private emitByName(node: Tensor): void {
    const emitter = (this.emitters.byName as Partial<Record<OperationName, Emitter<never>>>)[node.operation];
    if (!emitter)
      throw new Error(`No value was bound to the ${node.operation} of shape [${node.shape.join(', ')}].`);
    // Follow the layout of the first image that came out of a blocked operation.
    const blocked = canBlock(node, this.device.block) && node.inputs.some((input) => this.native.has(input));
    const isImage = (input: Tensor) =>
      sameShape(input.shape, node.shape) || is(node, 'concat') || is(node, 'slice');
    const names = node.inputs.map((input) =>
      blocked && isImage(input) ? this.blockedOf(input) : this.plainOf(input),
    );
    const name = emitter(this.home(...node.inputs), node as never, names, this.device);
    this.set(node, name, blocked ? 'blocked' : 'plain');
  }
}

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
