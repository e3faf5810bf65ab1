import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from './errors.ts';

/**
 * Makes a folder and those above it that are missing, one after the other: Node's own recursive call never ends where the
 * system says that a folder is not there and cannot be made, as below /proc.
 *
 * @returns whether the folder itself was made.
 * @throws Node's error, of the first folder that cannot be made.
 */
export async function makeFolder(path: string): Promise<boolean> {
  const folder = resolve(path);
  const found = await stat(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory()) return false;
  if (found === undefined && dirname(folder) !== folder) await makeFolder(dirname(folder));
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    // Another process may have made it in between.
    if (errorCode(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return false;
    throw error;
  }
}
