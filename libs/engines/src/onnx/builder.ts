import type { Shape } from '@oinr/graph';
import { sizeOf } from '@oinr/graph';
import type { Attribute, GraphParts, Initializer, NodeParts, OnnxType, ValueInfo } from './model.ts';

/** Collects the nodes of one ONNX graph. Values are known by their names. */
export class OnnxGraph {
  readonly name: string;
  readonly domains = new Set<string>();
  private readonly nodes: NodeParts[] = [];
  private readonly initializers = new Map<string, Initializer>();
  private readonly inputs: ValueInfo[] = [];
  private readonly outputs: ValueInfo[] = [];
  private readonly results = new Map<string, string>();
  private count = 0;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * Adds a node with one output and returns the output's name. The same operation on the same inputs is written once:
   * a function and its derivative share what they have in common.
   */
  add(
    type: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): string {
    const key = JSON.stringify([type, inputs, attributes, domain]);
    const known = this.results.get(key);
    if (known !== undefined) return known;
    const [output = ''] = this.addMany(type, inputs, 1, attributes, domain);
    this.results.set(key, output);
    return output;
  }

  /** Adds a node with several outputs. */
  addMany(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): readonly string[] {
    const names = Array.from({ length: outputs }, () => this.fresh(type));
    this.nodes.push({ type, domain, inputs, outputs: names, attributes });
    this.domains.add(domain);
    return names;
  }

  /** A float32 constant. */
  floats(values: ArrayLike<number>, shape: Shape = [values.length]): string {
    return this.initializer('float', shape, new Uint8Array(Float32Array.from(values).buffer));
  }

  /** One float32 number. */
  scalar(value: number): string {
    return this.floats([value], []);
  }

  /** An int64 constant: shapes, axes, indices. */
  integers(values: readonly number[], shape: Shape = [values.length]): string {
    return this.initializer('int64', shape, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  input(name: string, type: OnnxType, shape: ValueInfo['shape']): string {
    this.inputs.push({ name, type, shape });
    return name;
  }

  /** Declares a value as an output, under a name of its own. */
  output(value: string, name: string, type: OnnxType, shape: ValueInfo['shape']): void {
    this.nodes.push({ type: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
    this.outputs.push({ name, type, shape });
  }

  /** Declares an output of a node added with these very output names. */
  declareOutput(name: string, type: OnnxType, shape: ValueInfo['shape']): void {
    this.outputs.push({ name, type, shape });
  }

  /** Adds a node whose outputs have given names. */
  addNamed(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute> = {},
  ): void {
    this.nodes.push({ type, domain: '', inputs, outputs, attributes });
  }

  parts(): GraphParts {
    const { name, nodes, inputs, outputs } = this;
    return { name, nodes, initializers: [...this.initializers.values()], inputs, outputs };
  }

  private initializer(type: OnnxType, shape: Shape, bytes: Uint8Array): string {
    // Equal small constants are stored once; a graph names the same axes hundreds of times.
    const key = bytes.length <= 64 ? `${type} ${shape.join()} ${bytes.join()}` : this.fresh('constant');
    const known = this.initializers.get(key);
    if (known) return known.name;
    const name = this.fresh('constant');
    this.initializers.set(key, { name, type, shape, bytes });
    if (bytes.length === 0 && sizeOf(shape) > 0)
      throw new Error(`A constant of shape ${shape.join()} has no data.`);
    return name;
  }

  private fresh(hint: string): string {
    this.count += 1;
    return `${this.name}.${hint}.${this.count}`;
  }
}
