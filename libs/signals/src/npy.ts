import { SignalError } from './errors.ts';

/** An array of numbers as NumPy writes it: shape, and values with the last axis fastest. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Reading of one element, and how many bytes it has, by NumPy's kind and size. */
const readers: Readonly<
  Record<string, readonly [bytes: number, read: (view: DataView, at: number, little: boolean) => number]>
> = {
  b1: [1, (view, at) => view.getUint8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
};

/**
 * Reads a .npy file of whole or floating numbers or booleans (format of NumPy's NEP 1, versions 1 to 3).
 *
 * @param file how errors name it.
 * @param most elements that are read; more are refused by the header.
 * @throws SignalError.
 */
export function parseNpy(bytes: Uint8Array, file: string, most: number): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = [0x93, ...Buffer.from('NUMPY')];
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte))
    throw new SignalError(
      `${file} is no .npy file: it does not begin as NumPy writes it. Save it by numpy.save.`,
    );
  const isFirst = view.getUint8(6) === 1;
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = (isFirst ? 10 : 12) + length;
  const header = Buffer.from(bytes.subarray(isFirst ? 10 : 12, start)).toString('latin1');
  const type = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header);
  const reader = type === null ? undefined : readers[type[2]];
  const shapeText = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (type === null || reader === undefined || shapeText === undefined)
    throw new SignalError(
      `${file} holds ${/'descr':\s*([^,}]*)/.exec(header)?.[1] ?? 'something'}, not plain numbers; save it as numpy.uint8 or numpy.float32.`,
    );
  const shape = shapeText.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  const count = shape.reduce((product, n) => product * n, 1);
  if (count > most)
    throw new SignalError(
      `${file} has ${shape.join(' x ')} values; at most ${most.toLocaleString('en')} are read. Reduce it, to ${Math.floor(most ** (1 / shape.length))} a side or fewer.`,
    );
  const [size, read] = reader;
  if (bytes.length - start < count * size)
    throw new SignalError(
      `${file} is cut off: ${shape.join(' x ')} values take ${count * size} bytes, but ${Math.max(0, bytes.length - start)} are there. Copy it again.`,
    );
  const isLittle = type[1] !== '>';
  const stored = Float64Array.from({ length: count }, (_, i) => read(view, start + i * size, isLittle));
  return { shape, data: /'fortran_order':\s*True/.test(header) ? reversed(stored, shape) : stored };
}

/** Values with the first axis fastest, brought to the order with the last axis fastest. */
function reversed(stored: Float64Array, shape: readonly number[]): Float64Array {
  const out = new Float64Array(stored.length);
  const index = shape.map(() => 0);
  for (let to = 0; to < out.length; to++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis] + index[axis];
    out[to] = stored[from];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}
