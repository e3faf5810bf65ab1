import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileWriteError } from './errors.ts';
import { makeFolder } from './makeFolder.ts';
import { moveFile } from './moveFile.ts';
import { partialIn } from './partials.ts';

/**
 * Writes files that belong together, such as a volume and its sidecar, so that they appear together or not at all:
 * `write` puts all of them into a folder beside their place (hidden, its name ends in `.partial`), and only when all are
 * whole are they moved. The last path is the sign that the others are there: an older one is taken away first and the
 * new one comes last, so that no moment shows files of two makings as one.
 *
 * @param paths all in one folder, which is created; the last one is the sign, such as the sidecar.
 * @param write gets the paths to write to, in the same order.
 * @param where the folder in which they are written first, on the same disk. Default: that of the paths.
 * @returns `paths`.
 * @throws FileWriteError where files cannot be moved, and whatever `write` throws; then what was there before stays.
 */
export async function writeTogether(
  paths: readonly string[],
  write: (staged: readonly string[]) => Promise<void>,
  where?: string,
): Promise<readonly string[]> {
  const sign = paths[paths.length - 1];
  const staging = partialIn(where ?? dirname(sign));
  const staged = paths.map((path) => join(staging, basename(path)));
  try {
    await makeFolder(staging);
  } catch (error) {
    throw new FileWriteError(sign, error);
  }
  try {
    await write(staged);
    try {
      await makeFolder(dirname(sign));
      await rm(sign, { force: true });
      for (const [index, path] of paths.entries()) await moveFile(staged[index], path);
    } catch (error) {
      throw new FileWriteError(sign, error);
    }
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
  return paths;
}
