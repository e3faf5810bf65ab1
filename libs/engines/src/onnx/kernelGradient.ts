import type { Tensor } from '@oinr/graph';
import { sizeOf } from '@oinr/graph';
import type { OnnxGraph } from './builder.ts';
import type { Emission } from './emission.ts';

/*
 * The gradient with respect to a kernel: element q of it is sum over batch and p of g[p] x[p + q - before], a matrix
 * product over all positions for each of the k l elements. Written with Conv it would need transposed copies of both
 * and run at half speed. What costs besides the products are the shifted copies, and there is a choice of what to
 * shift; measured in docs/engines.md:
 * - `both`: g by rows and x by columns. All pairs come from k copies of g and l of x (the unshifted ones are free).
 * - `gradient`: g by both, joined to one tall matrix; best when g has few channels (last layer).
 * - `image`: x by both; best when x has few channels (first layer).
 * ONNX's Pad takes negative amounts as well, so each shifted copy is one Pad.
 */
type Form = 'both' | 'gradient' | 'image';
type Offset = readonly number[];

export function emitKernelGradient(emission: Emission, node: Tensor<'kernelGradient'>): void {
  const [x, g] = node.inputs;
  if (!x || !g) return;
  const shifts = new Shifts(emission, node, x, g);
  const form = chooseForm(node);
  // Shifts of an image that never changes are made once for all steps.
  const result = shifts.emit(form === 'gradient' && emission.isFixed(x) ? 'both' : form);
  emission.set(node, result, 'plain');
}

/**
 * Bytes of the copies that the kernel gradient needs on a GPU besides its operands: the shifted ones, the same joined,
 * and one side transposed.
 */
export function kernelGradientWorkspace(node: Tensor<'kernelGradient'>): number {
  const [x, g] = node.inputs;
  const [outputs = 0, channels = 0, ...kernel] = node.shape;
  const columns = kernel.at(-1) ?? 1;
  const rows = sizeOf(kernel) / columns;
  const copies = {
    both: 2 * rows * outputs + 3 * columns * channels,
    gradient: 2 * rows * columns * outputs + channels,
    image: 3 * rows * columns * channels,
  }[chooseForm(node)];
  const positions = Math.max(...[x, g].map((value) => sizeOf(value?.shape.slice(2) ?? [])));
  return 4 * copies * (x?.shape[0] ?? 1) * positions;
}

function chooseForm(node: Tensor<'kernelGradient'>): Form {
  const [outputs = 0, channels = 0, ...kernel] = node.shape;
  const columns = kernel.at(-1) ?? 1;
  const rows = sizeOf(kernel) / columns;
  const both = (columns - 1) * channels + (rows - 1) * outputs;
  // One tall product is faster than many small ones, so somewhat more copying pays.
  if (sizeOf(kernel) * Math.min(outputs, channels) > 2 * both) return 'both';
  return outputs <= channels ? 'gradient' : 'image';
}

class Shifts {
  private readonly emission: Emission;
  private readonly node: Tensor<'kernelGradient'>;
  private readonly x: Tensor;
  private readonly g: Tensor;
  private readonly graph: OnnxGraph;
  private readonly batch: number;

  constructor(emission: Emission, node: Tensor<'kernelGradient'>, x: Tensor, g: Tensor) {
    this.emission = emission;
    this.node = node;
    this.x = x;
    this.g = g;
    this.graph = emission.home(x, g);
    this.batch = x.shape[0];
  }

  emit(form: Form): string {
    const [outputs = 0, channels = 0, ...kernel] = this.node.shape;
    const { graph } = this;
    const all = offsets(kernel);
    if (form === 'gradient') {
      const grid = this.x.shape.slice(2);
      const tall = this.join(
        this.g,
        all.map((offset) => this.shiftGradient(offset, grid)),
        grid,
      );
      const product = this.sumOverBatch(
        this.product(tall, this.flat(this.x, this.emission.plainOf(this.x), grid)),
      );
      const split = graph.add('Reshape', [product, graph.integers([all.length, outputs, channels])]);
      return this.finish(graph.add('Transpose', [split], { perm: [1, 2, 0] }));
    }
    if (form === 'image') {
      const grid = this.g.shape.slice(2);
      const tall = this.join(
        this.x,
        all.map((offset) => this.shiftImage(offset, grid)),
        grid,
      );
      const product = this.sumOverBatch(
        this.product(this.flat(this.g, this.emission.plainOf(this.g), grid), tall),
      );
      const split = graph.add('Reshape', [product, graph.integers([outputs, all.length, channels])]);
      return this.finish(graph.add('Transpose', [split], { perm: [0, 2, 1] }));
    }
    return this.emitBoth(kernel, outputs, channels);
  }

  /** Positions: the rows of x, the columns of g. */
  private emitBoth(kernel: readonly number[], outputs: number, channels: number): string {
    const { graph } = this;
    const columns = kernel.at(-1) ?? 1;
    const leading = kernel.slice(0, -1);
    const grid = [...this.x.shape.slice(2, -1), this.g.shape.at(-1) ?? 0];
    const rowShifts = offsets(leading);
    const gradients = rowShifts.map((rows) => this.shiftGradient([...rows, undefined], grid));
    const images = Array.from({ length: columns }, (_, c) =>
      this.shiftImage([...leading.map(() => undefined), c], grid),
    );
    if (this.emission.device.target === 'cpu') {
      // Separate products spare the joined copies, and lose nothing: each has whole rows of the kernel matrix.
      const flatGradients = gradients.map((name) => this.flat(this.g, name, grid));
      const flatImages = images.map((name) => this.flat(this.x, name, grid));
      const products = flatGradients.flatMap((left) => flatImages.map((right) => this.product(left, right)));
      const sums = products.map((name) => this.sumOverBatch(name));
      const stacked = graph.add('Concat', sums, { axis: 0 });
      const split = graph.add('Reshape', [stacked, graph.integers([products.length, outputs, channels])]);
      return this.finish(graph.add('Transpose', [split], { perm: [1, 2, 0] }));
    }
    const product = this.sumOverBatch(
      this.product(this.join(this.g, gradients, grid), this.join(this.x, images, grid)),
    );
    const split = graph.add('Reshape', [
      product,
      graph.integers([rowShifts.length, outputs, columns, channels]),
    ]);
    return this.finish(graph.add('Transpose', [split], { perm: [1, 3, 0, 2] }));
  }

  /** g[p - offset + before] on a grid; an undefined offset leaves that axis alone. */
  private shiftGradient(offset: readonly (number | undefined)[], grid: readonly number[]): string {
    const { padding } = this.node.attributes;
    const before = grid.map((_, axis) => {
      const shift = offset[axis];
      return shift === undefined ? 0 : shift - padding[axis][0];
    });
    return this.pad(this.g, before, grid);
  }

  /** x[p + offset - before] on a grid. */
  private shiftImage(offset: readonly (number | undefined)[], grid: readonly number[]): string {
    const { padding } = this.node.attributes;
    const before = grid.map((_, axis) => {
      const shift = offset[axis];
      return shift === undefined ? 0 : padding[axis][0] - shift;
    });
    return this.pad(this.x, before, grid);
  }

  private pad(value: Tensor, before: Offset, grid: readonly number[]): string {
    const graph = this.emission.home(value);
    const after = grid.map((length, axis) => length - value.shape[axis + 2] - before[axis]);
    const plain = this.emission.plainOf(value);
    if ([...before, ...after].every((n) => n === 0)) return plain;
    return graph.add('Pad', [plain, graph.integers([0, 0, ...before, 0, 0, ...after])]);
  }

  private flat(value: Tensor, name: string, grid: readonly number[]): string {
    const graph = this.emission.home(value);
    return graph.add('Reshape', [name, graph.integers([this.batch, -1, sizeOf(grid)])]);
  }

  private join(value: Tensor, names: readonly string[], grid: readonly number[]): string {
    const [only = ''] = names;
    const graph = this.emission.home(value);
    return this.flat(value, names.length === 1 ? only : graph.add('Concat', names, { axis: 1 }), grid);
  }

  /** left times right transposed, for every image of the batch. */
  private product(left: string, right: string): string {
    if (this.emission.device.target === 'cpu') {
      return this.graph.add('FusedMatMul', [left, right], { transB: 1 }, 'com.microsoft');
    }
    return this.graph.add('MatMul', [left, this.graph.add('Transpose', [right], { perm: [0, 2, 1] })]);
  }

  private sumOverBatch(name: string): string {
    if (this.batch === 1) return name;
    return this.graph.add('ReduceSum', [name, this.graph.integers([0])], { keepdims: 0 });
  }

  private finish(name: string): string {
    return this.graph.add('Reshape', [name, this.graph.integers(this.node.shape)]);
  }
}

/** All index tuples of a shape in row-major order. */
function offsets(shape: readonly number[]): readonly Offset[] {
  return shape.reduce<readonly Offset[]>(
    (tuples, length) => tuples.flatMap((tuple) => Array.from({ length }, (_, i) => [...tuple, i])),
    [[]],
  );
}
