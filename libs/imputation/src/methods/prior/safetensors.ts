import { UserError } from '@oinr/errors';
import type { Shape } from '@oinr/graph';
import { formatShape, sizeOf } from '@oinr/graph';
import { float16Bits, float16Value } from './float16.ts';

/** Named tensors and text records, as one safetensors file holds them. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, FileTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor of float32 values, written as they are or rounded to float16. */
export interface FileTensor {
  readonly shape: Shape;
  readonly values: Float32Array;
  /** How values are written; F32 where absent. */
  readonly type?: keyof typeof bytesPerValue;
}

/** A file that is not safetensors, or not what was expected; the message names it and says what is wrong. */
export class TensorFileError extends UserError {
  override readonly name = 'TensorFileError';
}

const lengthBytes = 8;
const alignment = 8;
const bytesPerValue = { F32: 4, F16: 2 };

/**
 * The bytes of a safetensors file (format of Hugging Face, version 0.x): a little-endian uint64 with the length of a
 * JSON header, the header (name -> dtype, shape, data_offsets; `__metadata__` with texts), then the values. Tensors
 * are written in the order of their names, so equal tensors give equal bytes.
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header = nameless<unknown>();
  header.__metadata__ = sorted(metadata);
  let offset = 0;
  const names = Object.keys(tensors).sort();
  for (const name of names) {
    const { shape, values, type = 'F32' } = tensors[name];
    if (sizeOf(shape) !== values.length) {
      throw new TensorFileError(
        `The tensor "${name}" of shape ${formatShape(shape)} needs ${sizeOf(shape)} values, but has ${values.length}.`,
      );
    }
    const end = offset + values.length * bytesPerValue[type];
    header[name] = { dtype: type, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the JSON keep the values aligned, as the format advises.
  const headerLength = Math.ceil(text.length / alignment) * alignment;
  const bytes = new Uint8Array(lengthBytes + headerLength + offset).fill(0x20, lengthBytes + text.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.set(text, lengthBytes);
  let to = lengthBytes + headerLength;
  for (const name of names) {
    const { values, type = 'F32' } = tensors[name];
    for (const value of values) {
      if (type === 'F32') view.setFloat32(to, value, true);
      else view.setUint16(to, float16Bits(value), true);
      to += bytesPerValue[type];
    }
  }
  return bytes;
}

/**
 * Reads a safetensors file of float32 or float16 tensors. `source` names it in errors.
 * Throws TensorFileError where the header, the types or the lengths are wrong.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): TensorFile {
  const fail = (what: string): never => {
    throw new TensorFileError(`${source} is not a usable safetensors file: ${what}. Get the file again.`);
  };
  if (bytes.length < lengthBytes) fail(`it has only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const begin = lengthBytes + headerLength;
  if (begin > bytes.length) fail(`its header of ${headerLength} bytes is longer than the file`);
  const header = parseHeader(bytes.subarray(lengthBytes, begin), fail);
  const tensors = nameless<FileTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = entry as Record<string, string>;
      continue;
    }
    const { dtype, shape, data_offsets } = entry as Partial<HeaderEntry>;
    if (dtype !== 'F32' && dtype !== 'F16')
      return fail(`the tensor "${name}" is of type ${dtype}, where F32 or F16 is expected`);
    const each = bytesPerValue[dtype];
    const [from = -1, to = -1] = data_offsets ?? [];
    const size = sizeOf(shape ?? []);
    if (!shape || from < 0 || to - from !== size * each || begin + to > bytes.length) {
      fail(
        `the values of the tensor "${name}" do not fit its shape or the file's length (a part is missing?)`,
      );
    }
    const values = Float32Array.from({ length: size }, (_, i) =>
      dtype === 'F32'
        ? view.getFloat32(begin + from + i * each, true)
        : float16Value(view.getUint16(begin + from + i * each, true)),
    );
    tensors[name] = { shape: shape ?? [], values, type: dtype };
  }
  return { tensors, metadata };
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data_offsets: readonly [number, number];
}

function parseHeader(bytes: Uint8Array, fail: (what: string) => never): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>;
  } catch {
    // The sentence below says more than the parser's.
  }
  return fail('its header is not JSON');
}

/** An object without inherited names: a tensor may be called `__proto__`, which a plain object would swallow. */
function nameless<Value>(): Record<string, Value> {
  return Object.create(null);
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
