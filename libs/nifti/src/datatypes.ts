import { InputError } from '@oinr/errors';

/** The stored numbers of an image, in the byte order of this machine. */
export type StoredArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Types of stored numbers that are read and written; complex numbers, colours and 128-bit numbers are refused. */
export type DatatypeName =
  | 'uint8'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float32'
  | 'float64';

/** How numbers are stored. */
export interface Datatype {
  readonly name: DatatypeName;
  /** The NIfTI datatype code. */
  readonly code: number;
  /** Bytes of one number. */
  readonly bytes: 1 | 2 | 4 | 8;
  /** Smallest and largest stored number of an integer type; `undefined` for floating point. */
  readonly range?: readonly [number, number];
  /** A typed array over all bytes of `buffer`. */
  readonly view: (buffer: ArrayBuffer) => StoredArray;
}

const integer = (
  name: DatatypeName,
  code: number,
  bytes: 1 | 2 | 4 | 8,
  view: Datatype['view'],
): Datatype => {
  const bits = bytes * 8;
  const range = name.startsWith('u')
    ? ([0, 2 ** bits - 1] as const)
    : ([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] as const);
  return { name, code, bytes, range, view };
};

/** Every real datatype of NIfTI-1 and NIfTI-2 except 128-bit floats, which JavaScript cannot hold. */
export const datatypes: readonly Datatype[] = [
  integer('uint8', 2, 1, (buffer) => new Uint8Array(buffer)),
  integer('int8', 256, 1, (buffer) => new Int8Array(buffer)),
  integer('int16', 4, 2, (buffer) => new Int16Array(buffer)),
  integer('uint16', 512, 2, (buffer) => new Uint16Array(buffer)),
  integer('int32', 8, 4, (buffer) => new Int32Array(buffer)),
  integer('uint32', 768, 4, (buffer) => new Uint32Array(buffer)),
  integer('int64', 1024, 8, (buffer) => new BigInt64Array(buffer)),
  integer('uint64', 1280, 8, (buffer) => new BigUint64Array(buffer)),
  { name: 'float32', code: 16, bytes: 4, view: (buffer) => new Float32Array(buffer) },
  { name: 'float64', code: 64, bytes: 8, view: (buffer) => new Float64Array(buffer) },
];

const refused: Readonly<Record<number, string>> = {
  0: 'no datatype',
  1: 'one-bit voxels',
  32: 'complex numbers',
  128: 'RGB colours',
  1536: '128-bit floating point numbers',
  1792: 'complex numbers',
  2048: 'complex numbers',
  2304: 'RGBA colours',
};

/** The datatype of a NIfTI code, or a description of what the code stands for when its voxels are not real numbers. */
export function datatypeOf(code: number): Datatype | string {
  return (
    datatypes.find((type) => type.code === code) ?? refused[code] ?? `an unknown datatype (code ${code})`
  );
}

export function datatypeNamed(name: DatatypeName): Datatype {
  const found = datatypes.find((type) => type.name === name);
  if (found === undefined) {
    throw new InputError(
      `There is no NIfTI datatype '${name}'; choose one of ${datatypes.map((type) => type.name).join(', ')}.`,
    );
  }
  return found;
}
