import { rm } from 'node:fs/promises';
import { FileWriteError } from './errors.ts';

/**
 * Removes a file of the program's own, or a folder with all that is in it; nothing where there is none. For states and
 * caches: what a command has given to its user goes through ResultFolder.
 *
 * @throws FileWriteError
 */
export async function removeOwn(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw new FileWriteError(path, error);
  }
}
