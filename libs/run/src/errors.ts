import { FileWriteError } from '@oinr/files';

/** Something the user can act on, said in one sentence. */
export class RunError extends Error {
  override readonly name: string = 'RunError';
}

/** The message of anything that can be thrown, on one line. */
export function errorMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim();
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
