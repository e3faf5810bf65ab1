import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '@oinr/errors';

/** What the usual codes of the operating system mean, said to a person, with what to do. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the disk. Free some space, then run again',
  EFBIG: 'the file is larger than the system allows. Free some space or raise the limit, then run again',
  EDQUOT: 'the disk quota is used up. Free some space, then run again',
  EACCES: 'permission is denied. Choose a folder that you may write to',
  EPERM: 'the operating system does not permit it. Choose a folder that you may write to',
  EROFS: 'the file system is read-only. Choose another folder',
  ENOENT: 'a folder on the way does not exist and could not be made. Choose another folder',
  EEXIST: 'a file is in the way. Choose another name',
  ERR_FS_EISDIR: 'a folder of that name is in the way. Choose another name',
  ENOTDIR: 'a part of the path is a file, not a folder. Choose another path',
  EISDIR: 'a folder of that name is in the way. Choose another name',
  ENAMETOOLONG: 'the name is too long for the file system. Choose a shorter one',
  EXDEV: 'it lies on another disk than the rest. Choose a folder on one disk',
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
    super(`${path} could not be written: ${explainFileError(reasonOf(path, cause))}.`, { cause });
    this.path = path;
  }
}

/**
 * Where a folder could not be made, systems often say only that it is not there; the nearest folder that is there tells
 * whether it may be written.
 */
function reasonOf(path: string, cause: unknown): unknown {
  if (errorCode(cause) !== 'ENOENT') return cause;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      accessSync(folder, constants.W_OK);
      return cause;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') return error;
    }
    if (folder === dirname(folder)) return cause;
  }
}
