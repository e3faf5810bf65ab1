import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { UserError } from '@oinr/errors';
import { sameShape } from '@oinr/graph';
import type { PriorExpert } from './experts.ts';
import { parameterShapes } from './network.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** A trained operator: one network for all gaps, or several that divide them. */
export interface PriorModel {
  /** At least one; see `expertsFor` for which of them answers. */
  readonly experts: readonly PriorExpert[];
  /** SHA-256 of the file it came from, hexadecimal; names the operator in sidecars. */
  readonly checksum: string;
  /** What the training wrote down about itself; free text and numbers as JSON. */
  readonly training: Readonly<Record<string, unknown>>;
}

/** Weights that this version cannot use or that are not those promised; the message says which and what to do. */
export class PriorModelError extends UserError {
  override readonly name = 'PriorModelError';
}

const formatName = 'oinr-prior';
/** Grows when the same weights would mean something else: inputs, phase functions, form of the network. */
export const formatVersion = '5';
/** Versions whose weights mean the same: in 4 no network was upright; in 3 none was of one axis, and values were float32. */
const readableVersions: readonly (string | undefined)[] = ['3', '4', formatVersion];

/** What the file's header says of each expert. */
type ExpertHeader = Omit<PriorExpert, 'weights'>;

const tensorName = (expert: number, name: string): string => `expert${expert + 1}.${name}`;

/**
 * The bytes of a model's file; equal models give equal bytes. Weights are written as float16: half of the bytes, and no error
 * of an imputed volume changes by a thousandth of itself.
 */
export function encodePriorModel({ experts, training }: Omit<PriorModel, 'checksum'>): Uint8Array {
  const tensors = experts.flatMap(({ network, weights }, n) =>
    Object.entries(parameterShapes(network)).map(([name, shape]) => [
      tensorName(n, name),
      { shape, values: weights[name] ?? new Float32Array(), type: 'F16' as const },
    ]),
  );
  const headers: ExpertHeader[] = experts.map(({ weights: _, ...header }) => header);
  return encodeSafetensors({
    tensors: Object.fromEntries(tensors),
    metadata: {
      format: formatName,
      version: formatVersion,
      experts: JSON.stringify(headers),
      training: JSON.stringify(training),
    },
  });
}

/** The SHA-256 of bytes, hexadecimal. */
export function checksumOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/**
 * Reads a model. `expected` is the checksum that it must have, where one is known. Throws PriorModelError for
 * another format, version or checksum, for missing tensors and for values that are not finite.
 */
export function decodePriorModel(bytes: Uint8Array, source: string, expected?: string): PriorModel {
  const checksum = checksumOf(bytes);
  if (expected !== undefined && checksum !== expected) {
    throw new PriorModelError(
      `${source} has the SHA-256 ${checksum}, where ${expected} is expected: the file is damaged or another one. ` +
        'Get both files again, or train anew with `npx nx run pipeline:train`.',
    );
  }
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  if (metadata.format !== formatName || !readableVersions.includes(metadata.version)) {
    throw new PriorModelError(
      `${source} is of the format "${metadata.format ?? 'unknown'}", version ${metadata.version ?? 'unknown'}; this ` +
        `program reads "${formatName}", versions ${readableVersions.join(', ')}. Use weights of that version, or train anew with ` +
        '`npx nx run pipeline:train`.',
    );
  }
  const headers = JSON.parse(metadata.experts ?? '[]') as ExpertHeader[];
  if (headers.length === 0)
    throw new PriorModelError(`${source} holds no network at all. Get the file again.`);
  const experts = headers.map((header, n): PriorExpert => {
    const weights: Record<string, Float32Array> = {};
    for (const [name, shape] of Object.entries(parameterShapes(header.network))) {
      const tensor = tensors[tensorName(n, name)];
      if (!tensor || !sameShape(tensor.shape, shape) || !tensor.values.every(Number.isFinite)) {
        throw new PriorModelError(
          `${source} holds no usable tensor "${tensorName(n, name)}" of shape [${shape.join(', ')}] (absent, of another ` +
            `shape, or with values that are not finite), of the network for gaps of ${header.gaps.join(' to ')} pixels. ` +
            'Get the file again.',
        );
      }
      weights[name] = tensor.values;
    }
    return { ...header, weights };
  });
  const training = JSON.parse(metadata.training ?? '{}') as Record<string, unknown>;
  return { experts, checksum, training };
}
