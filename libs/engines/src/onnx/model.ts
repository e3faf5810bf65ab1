import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/*
 * The small part of the ONNX file format (onnx.proto3, IR version 10) that a training graph needs, written field by
 * field: the numbers are the field numbers of that schema.
 */
export const elementTypes = { float: 1, int32: 6, int64: 7, bool: 9 } as const;
export type OnnxType = keyof typeof elementTypes;

export interface ValueInfo {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}
export interface Initializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}
/** An attribute: a whole number or a list of them, a real as { float } or several as { floats }, a text, a subgraph. */
export type Attribute =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | string
  | GraphParts;
export interface NodeParts {
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}
export interface GraphParts {
  readonly name: string;
  readonly nodes: readonly NodeParts[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** Operator sets a model may use: the standard one, and those of onnxruntime. */
export const operatorSets: Readonly<Record<string, number>> = {
  '': 20,
  'com.microsoft': 1,
  'com.microsoft.nchwc': 1,
};

/** Serialises a model. */
export function encodeModel(graph: GraphParts, domains: Iterable<string>): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, 1, 10); // ir_version
  text(writer, 2, 'oinr'); // producer_name
  message(writer, 7, () => writeGraph(writer, graph));
  for (const domain of new Set(['', ...domains])) {
    message(writer, 8, () => {
      text(writer, 1, domain);
      integer(writer, 2, operatorSets[domain] ?? 1);
    });
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, graph: GraphParts): void {
  for (const [index, node] of graph.nodes.entries()) {
    message(writer, 1, () => writeNode(writer, node, `${node.type}_${index}`));
  }
  text(writer, 2, graph.name);
  for (const initializer of graph.initializers) {
    message(writer, 5, () => {
      for (const length of initializer.shape) integer(writer, 1, length);
      integer(writer, 2, elementTypes[initializer.type]);
      text(writer, 8, initializer.name);
      writer.tag(9, WireType.LengthDelimited).bytes(initializer.bytes);
    });
  }
  for (const value of graph.inputs) message(writer, 11, () => writeValueInfo(writer, value));
  for (const value of graph.outputs) message(writer, 12, () => writeValueInfo(writer, value));
}

function writeNode(writer: BinaryWriter, node: NodeParts, name: string): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, name);
  text(writer, 4, node.type);
  for (const [key, value] of Object.entries(node.attributes)) {
    message(writer, 5, () => writeAttribute(writer, key, value));
  }
  if (node.domain !== '') text(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  const kind = (type: number) => integer(writer, 20, type);
  text(writer, 1, name);
  if (typeof value === 'number') {
    integer(writer, 3, value);
    kind(2);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    kind(3);
  } else if (isList(value)) {
    for (const item of value) integer(writer, 8, item);
    kind(7);
  } else if ('float' in value) {
    writer.tag(2, WireType.Bit32).float(value.float);
    kind(1);
  } else if ('floats' in value) {
    for (const item of value.floats) writer.tag(7, WireType.Bit32).float(item);
    kind(6);
  } else {
    message(writer, 6, () => writeGraph(writer, value));
    kind(5);
  }
}

function isList(value: Attribute): value is readonly number[] {
  return Array.isArray(value);
}

function writeValueInfo(writer: BinaryWriter, value: ValueInfo): void {
  text(writer, 1, value.name);
  message(writer, 2, () => {
    message(writer, 1, () => {
      integer(writer, 1, elementTypes[value.type]);
      message(writer, 2, () => {
        for (const length of value.shape) {
          message(writer, 1, () => {
            if (typeof length === 'number') integer(writer, 1, length);
            else text(writer, 2, length);
          });
        }
      });
    });
  });
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, body: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body();
  writer.join();
}
