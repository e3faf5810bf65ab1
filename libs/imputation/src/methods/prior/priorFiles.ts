import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePriorModel, type PriorModel, PriorModelError } from './priorModel.ts';
import { shippedChecksum } from './shippedChecksum.ts';

export const weightsFile = 'oinr-prior.safetensors';
export const checksumFile = 'oinr-prior.sha256';

/** Reads the model in a folder: `oinr-prior.safetensors` and, beside it, its checksum; `pinned` goes before that. */
export async function loadPriorModel(folder: string, pinned?: string): Promise<PriorModel> {
  const [bytes, promised] = await Promise.all([
    readFile(join(folder, weightsFile)),
    readFile(join(folder, checksumFile), 'utf8'),
  ]).catch((error: unknown) => {
    throw new PriorModelError(
      `No operator could be read from ${folder}: ${weightsFile} and ${checksumFile} must both be there.`,
      { cause: error },
    );
  });
  return decodePriorModel(bytes, weightsFile, pinned ?? promised.trim().split(/\s+/)[0] ?? '');
}

const shippedFolder = join(import.meta.dirname, '../../../weights');
let shipped: Promise<PriorModel> | undefined;

/** The operator that comes with this package, read once. */
export function shippedPriorModel(): Promise<PriorModel> {
  shipped ??= loadPriorModel(shippedFolder, shippedChecksum);
  return shipped;
}
