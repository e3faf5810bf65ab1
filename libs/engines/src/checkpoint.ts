import { createHash } from 'node:crypto';
import { UserError } from '@oinr/errors';
import type { TensorValues, TrainingState } from '@oinr/graph';

/*
 * A fit in progress as bytes, to go on from bit for bit. Layout, as in safetensors: the length of the header (uint64,
 * little endian), the header (JSON: for each tensor its type, shape and place), then the tensors one after the other.
 * The header's metadata holds the format's name and version, the numbers of steps and restarts, and the SHA-256 of the
 * tensors.
 */
const format = 'oinr-fit';
const version = '2';
const parts = ['parameters', 'firstMoments', 'secondMoments'] as const;

const lossesPath = 'history/losses';

/** A fit in progress. */
export interface FitCheckpoint {
  readonly state: TrainingState;
  /** The loss of every step so far. */
  readonly losses: Float32Array;
  /** How often the fit has diverged and was started again with half the learning rate. */
  readonly restarts: number;
}

/** Bytes that are no checkpoint, one of another version, or a damaged one. */
export class CheckpointError extends UserError {
  override readonly name = 'CheckpointError';
}

interface Entry {
  readonly dtype: 'F32' | 'F64';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes of a fit in progress. float64 values (of the reference) stay float64. */
export function encodeCheckpoint({ state, losses, restarts }: FitCheckpoint): Uint8Array {
  const entries: Record<string, Entry> = {};
  const chunks: Uint8Array[] = [];
  let end = 0;
  const append = (path: string, values: TensorValues[string]): void => {
    if (values instanceof Int32Array) throw new CheckpointError(`"${path}" is int32; it must be float.`);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dtype = values instanceof Float64Array ? 'F64' : 'F32';
    entries[path] = { dtype, shape: [values.length], data_offsets: [end, end + bytes.length] };
    chunks.push(bytes);
    end += bytes.length;
  };
  for (const part of parts) {
    for (const [name, values] of Object.entries(state[part])) append(`${part}/${name}`, values);
  }
  append(lossesPath, losses);
  const data = Buffer.concat(chunks);
  const metadata = {
    format,
    version,
    step: String(state.step),
    restarts: String(restarts),
    sha256: sha256(data),
  };
  const json = JSON.stringify({ __metadata__: metadata, ...entries });
  // Spaces at the end of the header place the tensors at a multiple of 8 bytes.
  const header = Buffer.from(
    json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 + json.length - Buffer.byteLength(json)),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

/** The fit in these bytes. `source` (a file name, say) begins the message of the CheckpointError it may throw. */
export function decodeCheckpoint(bytes: Uint8Array, source = 'The checkpoint'): FitCheckpoint {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { entries, metadata, data } = readHeader(buffer, source);
  if (metadata.format !== format) {
    throw new CheckpointError(
      `${source} is not the checkpoint of a fit: its format is "${metadata.format ?? 'unnamed'}".`,
    );
  }
  if (metadata.version !== version) {
    throw new CheckpointError(
      `${source} has version ${metadata.version ?? 'none'}, and this program reads version ${version} only. Delete it to start anew.`,
    );
  }
  if (metadata.sha256 !== sha256(data)) {
    throw new CheckpointError(`${source} is damaged: its checksum does not fit. Delete it to start anew.`);
  }
  const state = { parameters: {}, firstMoments: {}, secondMoments: {} } satisfies Record<
    string,
    TensorValues
  >;
  const named: Record<string, Record<string, Float32Array | Float64Array>> = state;
  let losses = new Float32Array();
  for (const [path, { dtype, data_offsets }] of Object.entries(entries)) {
    const [part = '', ...rest] = path.split('/');
    const copy = Uint8Array.from(data.subarray(...data_offsets)).buffer;
    const values = dtype === 'F64' ? new Float64Array(copy) : new Float32Array(copy);
    const target = named[part];
    if (path === lossesPath) losses = Float32Array.from(values);
    else if (target) target[rest.join('/')] = values;
  }
  return { state: { step: Number(metadata.step), ...state }, losses, restarts: Number(metadata.restarts) };
}

function readHeader(buffer: Buffer, source: string) {
  const broken = () => new CheckpointError(`${source} is not a checkpoint, or is cut off.`);
  if (buffer.length < 8) throw broken();
  const length = Number(buffer.readBigUInt64LE(0));
  if (length > buffer.length - 8) throw broken();
  let header: unknown;
  try {
    header = JSON.parse(buffer.toString('utf8', 8, 8 + length));
  } catch {
    throw broken();
  }
  if (typeof header !== 'object' || header === null) throw broken();
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, Entry> & {
    __metadata__?: Readonly<Record<string, string>>;
  };
  return {
    metadata: metadata,
    entries: entries as Record<string, Entry>,
    data: buffer.subarray(8 + length),
  };
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
