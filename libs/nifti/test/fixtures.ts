import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { DatatypeName } from '../src/index.ts';

/** Codes and sizes of datatypes, written down again here so that the tests do not rest on the library's table. */
export const codes: Readonly<Record<DatatypeName, readonly [code: number, bytes: number]>> = {
  uint8: [2, 1],
  int16: [4, 2],
  int32: [8, 4],
  float32: [16, 4],
  float64: [64, 8],
  int8: [256, 1],
  uint16: [512, 2],
  uint32: [768, 4],
  int64: [1024, 8],
  uint64: [1280, 8],
};

/** Fields of a header, with the defaults of a plain 2 x 3 x 2 float32 image with an sform. */
export interface Fields {
  readonly version?: 1 | 2;
  readonly littleEndian?: boolean;
  readonly dim?: readonly number[];
  readonly datatype?: number;
  readonly pixdim?: readonly number[];
  readonly voxOffset?: number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly qformCode?: number;
  readonly sformCode?: number;
  readonly quaternion?: readonly [number, number, number];
  readonly offset?: readonly [number, number, number];
  readonly sform?: readonly number[];
  readonly magic?: string;
  readonly description?: string;
  /** xyzt_units. */
  readonly units?: number;
}

export const plainSform = [2, 0, 0, -10, 0, 3, 0, -20, 0, 0, 4, -30] as const;

/** Writes a header field by field from nifti1.h and nifti2.h, with no code of the library. */
export function header(fields: Fields = {}): Buffer {
  const {
    version = 1,
    littleEndian: little = true,
    dim = [3, 2, 3, 2, 1, 1, 1, 1],
    datatype = 16,
    pixdim = [1, 2, 3, 4, 1, 1, 1, 1],
    slope = 0,
    intercept = 0,
    qformCode = 0,
    sformCode = 1,
    quaternion = [0, 0, 0],
    offset = [0, 0, 0],
    sform = plainSform,
    description = '',
    units = 0,
  } = fields;
  const bytes = Buffer.alloc(version === 1 ? 352 : 544);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = fields.magic ?? (version === 1 ? 'n+1\0' : 'n+2\0\r\n\x1a\n');
  const bits = 8 * (Object.values(codes).find(([code]) => code === datatype)?.[1] ?? 0);
  const voxOffset = fields.voxOffset ?? bytes.length;
  if (version === 1) {
    view.setInt32(0, 348, little);
    dim.forEach((size, index) => {
      view.setInt16(40 + 2 * index, size, little);
    });
    view.setInt16(70, datatype, little);
    view.setInt16(72, bits, little);
    [...pixdim, voxOffset, slope, intercept].forEach((value, index) => {
      view.setFloat32(76 + 4 * index, value, little);
    });
    view.setUint8(123, units);
    bytes.write(description, 148);
    view.setInt16(252, qformCode, little);
    view.setInt16(254, sformCode, little);
    [...quaternion, ...offset, ...sform].forEach((value, index) => {
      view.setFloat32(256 + 4 * index, value, little);
    });
    bytes.write(magic, 344, 'latin1');
  } else {
    view.setInt32(0, 540, little);
    bytes.write(magic, 4, 'latin1');
    view.setInt16(12, datatype, little);
    view.setInt16(14, bits, little);
    dim.forEach((size, index) => {
      view.setBigInt64(16 + 8 * index, BigInt(size), little);
    });
    pixdim.forEach((value, index) => {
      view.setFloat64(104 + 8 * index, value, little);
    });
    view.setBigInt64(168, BigInt(voxOffset), little);
    view.setFloat64(176, slope, little);
    view.setFloat64(184, intercept, little);
    bytes.write(description, 240);
    view.setInt32(344, qformCode, little);
    view.setInt32(348, sformCode, little);
    view.setInt32(500, units, little);
    [...quaternion, ...offset, ...sform].forEach((value, index) => {
      view.setFloat64(352 + 8 * index, value, little);
    });
  }
  return bytes;
}

/** Voxels of a datatype in a byte order. */
export function voxels(type: DatatypeName, values: readonly number[], little = true): Buffer {
  const [, size] = codes[type];
  const bytes = Buffer.alloc(size * values.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  values.forEach((value, index) => {
    const at = index * size;
    if (type === 'uint8') view.setUint8(at, value);
    else if (type === 'int8') view.setInt8(at, value);
    else if (type === 'uint16') view.setUint16(at, value, little);
    else if (type === 'int16') view.setInt16(at, value, little);
    else if (type === 'uint32') view.setUint32(at, value, little);
    else if (type === 'int32') view.setInt32(at, value, little);
    else if (type === 'uint64') view.setBigUint64(at, BigInt(value), little);
    else if (type === 'int64') view.setBigInt64(at, BigInt(value), little);
    else if (type === 'float32') view.setFloat32(at, value, little);
    else view.setFloat64(at, value, little);
  });
  return bytes;
}

export const twelve: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** A whole single file of 2 x 3 x 2 float32 voxels 1 to 12, or with other fields. */
export function plainFile(fields: Fields = {}): Buffer {
  return Buffer.concat([header(fields), voxels('float32', twelve, fields.littleEndian ?? true)]);
}

/** A folder that is removed after the test. */
export async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'nifti-'));
  t.teardown(() => rm(path, { recursive: true }));
  return path;
}
