import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileWriteError } from './errors.ts';
import { makeFolder } from './makeFolder.ts';
import { partialBeside } from './partials.ts';

/**
 * Writes a file so that `path` holds either what it held before or all the new bytes, never a part: a
 * temporary file in the same folder (its name begins with a dot and ends in `.partial`), fsync, rename. The
 * temporary file is removed when anything fails, such as a full disk. Folders on the way are created.
 * `contents` is a string (UTF-8), bytes, or pieces of bytes in order. Throws FileWriteError.
 */
export async function writeFileAtomic(
  path: string,
  contents: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const temporary = partialBeside(path);
  try {
    await makeFolder(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      const pieces = typeof contents === 'string' || contents instanceof Uint8Array ? [contents] : contents;
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FileWriteError(path, error);
  }
}
