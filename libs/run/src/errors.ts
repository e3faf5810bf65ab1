import { getSystemErrorMap } from 'node:util';

/**
 * Something the user can act on, said in one sentence. `stopsTheRun` marks what would befall every other subject
 * too (a full disk, an unwritable folder): going on would only repeat it.
 */
export class RunError extends Error {
  readonly stopsTheRun: boolean;

  constructor(message: string, options: { stopsTheRun?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'RunError';
    this.stopsTheRun = options.stopsTheRun ?? false;
  }
}

/** The system's code of an error (`ENOSPC`), or undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything that can be thrown, on one line. */
export function errorMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

const adviceByCode: Readonly<Record<string, string>> = {
  ENOSPC:
    'no space is left on the disk; free some, or choose another folder with --out, and run the same command again',
  EDQUOT:
    'the disk quota is used up; free some space, or choose another folder with --out, and run the same command again',
  EACCES: 'this folder may not be written to; change its permissions or choose another with --out',
  EPERM: 'this folder may not be written to; change its permissions or choose another with --out',
  EROFS: 'the disk is mounted read-only; choose another folder with --out',
  ENOTDIR: 'a part of this path is a file, not a folder; choose another folder with --out',
  ENAMETOOLONG: 'the path is too long for this disk; choose a shorter --out or --run',
  EMFILE: 'too many files are open; use fewer --jobs',
};

/**
 * Turns a failure to write into one sentence, and marks it as stopping the run. Errors that are no failure of the
 * file system come back as they are.
 */
export function asWriteError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof RunError) return error;
  const advice = adviceByCode[code] ?? systemDescription(error);
  if (advice === undefined) return error;
  return new RunError(`Cannot write ${path}: ${advice}.`, { stopsTheRun: true, cause: error });
}

function systemDescription(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('errno' in error)) return undefined;
  if (typeof error.errno !== 'number') return undefined;
  return getSystemErrorMap().get(error.errno)?.[1];
}
