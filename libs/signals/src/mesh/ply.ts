import { SignalError } from '../errors.ts';
import { type Mesh, trianglesOf } from './mesh.ts';

type Reader = readonly [bytes: number, read: (view: DataView, at: number, little: boolean) => number];

const int8: Reader = [1, (view, at) => view.getInt8(at)];
const uint8: Reader = [1, (view, at) => view.getUint8(at)];
const int16: Reader = [2, (view, at, little) => view.getInt16(at, little)];
const uint16: Reader = [2, (view, at, little) => view.getUint16(at, little)];
const int32: Reader = [4, (view, at, little) => view.getInt32(at, little)];
const uint32: Reader = [4, (view, at, little) => view.getUint32(at, little)];
const float32: Reader = [4, (view, at, little) => view.getFloat32(at, little)];
const float64: Reader = [8, (view, at, little) => view.getFloat64(at, little)];

/** Both names of every type. */
const types: Readonly<Record<string, Reader>> = {
  ...{ char: int8, uchar: uint8, short: int16, ushort: uint16, int: int32, uint: uint32 },
  ...{ float: float32, double: float64, int8, uint8, int16, uint16, int32, uint32, float32, float64 },
};

interface Property {
  readonly name: string;
  readonly type: string;
  /** The type of the length, of a list. */
  readonly length?: string;
}

interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: Property[];
}

/** PLY, ASCII or binary of either order of bytes: vertices x y z and faces. @throws SignalError. */
export function parsePly(bytes: Uint8Array, file: string): Mesh {
  const start = Buffer.from(bytes.subarray(0, 65536)).toString('latin1');
  const head = /^ply\r?\n([\s\S]*?)end_header[ \t]*\r?\n/.exec(start);
  if (head === null)
    throw new SignalError(
      `${file} is no PLY file: it has no header from ply to end_header. Export it again.`,
    );
  const elements: Element[] = [];
  let format = '';
  for (const line of head[1].split(/\r?\n/)) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'format') format = rest[0];
    if (word === 'element') elements.push({ name: rest[0], count: Number(rest[1]), properties: [] });
    if (word === 'property')
      elements
        .at(-1)
        ?.properties.push(
          rest[0] === 'list'
            ? { name: rest[3], type: rest[2], length: rest[1] }
            : { name: rest[1], type: rest[0] },
        );
  }
  const next =
    format === 'ascii'
      ? wordReader(bytes, head[0].length, file)
      : byteReader(bytes, head[0].length, format === 'binary_little_endian', file);
  const vertices: number[] = [];
  const polygons: number[][] = [];
  for (const { name, count, properties } of elements) {
    const places = ['x', 'y', 'z'].map((axis) => properties.findIndex((one) => one.name === axis));
    if (name === 'vertex' && places.includes(-1))
      throw new SignalError(`${file} has vertices without x, y and z; export it again.`);
    for (let n = 0; n < count; n++) {
      const values = properties.map(({ type, length }) =>
        length === undefined ? [next(type)] : Array.from({ length: next(length) }, () => next(type)),
      );
      if (name === 'vertex') for (const place of places) vertices.push(values[place][0]);
      if (name === 'face') {
        const list = properties.findIndex((one) => /^vertex_ind(ex|ices)$/.test(one.name));
        if (list >= 0) polygons.push(values[list]);
      }
    }
  }
  return { vertices: Float64Array.from(vertices), triangles: Uint32Array.from(trianglesOf(polygons)) };
}

function cutOff(file: string): SignalError {
  return new SignalError(`${file} ends before all its vertices and faces; it is cut off. Export it again.`);
}

function wordReader(bytes: Uint8Array, from: number, file: string): (type: string) => number {
  const words = Buffer.from(bytes.subarray(from)).toString('latin1').trim().split(/\s+/);
  let at = 0;
  return () => {
    const word = words[at++];
    if (word === undefined) throw cutOff(file);
    return Number(word);
  };
}

function byteReader(
  bytes: Uint8Array,
  from: number,
  isLittle: boolean,
  file: string,
): (type: string) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = from;
  return (type) => {
    const reader = types[type];
    if (reader === undefined)
      throw new SignalError(`${file} has values of the type ${type}, which PLY does not know.`);
    const [size, read] = reader;
    if (at + size > bytes.length) throw cutOff(file);
    at += size;
    return read(view, at - size, isLittle);
  };
}
