import { appendFileSync } from 'node:fs';
import { FileWriteError } from './errors.ts';

/**
 * Writes a line at the end of a file, so that it is there when the process is killed a moment later.
 *
 * @throws FileWriteError
 */
export function appendLine(path: string, line: string): void {
  try {
    appendFileSync(path, `${line}\n`);
  } catch (error) {
    throw new FileWriteError(path, error);
  }
}
