import { UserError } from '@oinr/errors';
import { FileWriteError } from '@oinr/files';

/** A run cannot be begun or go on; the message says why and what to do. */
export class RunError extends UserError {
  override readonly name: string = 'RunError';
}

/**
 * Whether an error would befall every other subject too: a file that could not be written (full disk, lost
 * permission), directly or as the cause of another error. Going on would only repeat it.
 */
export function stopsTheRun(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof FileWriteError) return true;
  }
  return false;
}
