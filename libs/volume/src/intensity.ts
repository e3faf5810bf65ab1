import { InputError } from '@oinr/errors';
import type { Volume } from './volume.ts';

/** How many values are NaN or infinite. */
export function nonFiniteCount(data: Float32Array): number {
  let count = 0;
  for (const value of data) if (!Number.isFinite(value)) count++;
  return count;
}

/** Throws an InputError when a value is NaN or infinite. */
export function checkFinite(volume: Volume): void {
  const count = nonFiniteCount(volume.data);
  if (count > 0) {
    throw new InputError(
      `The volume holds ${count} values that are not finite numbers; replace them (for example by 0) first.`,
    );
  }
}

/**
 * Why a volume cannot be used as a scan, as the end of a sentence that begins with its name, or `undefined`
 * when it can: values that are not finite, or the same value everywhere.
 */
export function intensityProblem(volume: Volume): string | undefined {
  const { data } = volume;
  const count = nonFiniteCount(data);
  if (count > 0) {
    return `holds ${count} voxels that are not finite numbers (NaN or infinite), of ${data.length}. Export the scan again, or replace them.`;
  }
  if (data.every((value) => value === data[0])) {
    return `has the same value (${data[0]}) in all ${data.length} voxels. Export the scan again.`;
  }
  return undefined;
}
