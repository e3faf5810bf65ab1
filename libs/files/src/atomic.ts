import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '@oinr/errors';

/** What the usual codes of the operating system mean, said to a person, with what to do. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the disk. Free some space, then run again',
  EFBIG: 'the file is larger than the system allows. Free some space or raise the limit, then run again',
  EDQUOT: 'the disk quota is used up. Free some space, then run again',
  EACCES: 'permission is denied. Choose a folder that you may write to',
  EPERM: 'the operating system does not permit it. Choose a folder that you may write to',
  EROFS: 'the file system is read-only. Choose another folder',
  ENOENT:
    'a folder on the way does not exist and could not be made (on a read-only disk none can). Create it, or choose another',
  EEXIST: 'a file is in the way. Choose another name',
  ERR_FS_EISDIR: 'a folder of that name is in the way. Choose another name',
  ENOTDIR: 'a part of the path is a file, not a folder. Choose another path',
  EISDIR: 'a folder of that name is in the way. Choose another name',
  ENAMETOOLONG: 'the name is too long for the file system. Choose a shorter one',
  EMFILE: 'too many files are open. Run fewer jobs at once',
};

/** The code of a Node file-system error (such as 'ENOENT'), or '' for any other error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Says in words why the operating system refused: for use after "... could not be written: ". */
export function explainFileError(error: unknown): string {
  return meanings[errorCode(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** A file could not be written; the message is a sentence that names it and says why. */
export class FileWriteError extends UserError {
  override readonly name = 'FileWriteError';
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super(`${path} could not be written: ${explainFileError(cause)}.`, { cause });
    this.path = path;
  }
}

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
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.partial`);
  try {
    await mkdir(dirname(path), { recursive: true });
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
