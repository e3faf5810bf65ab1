import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { decodeText, errorCode, explainFileError, writeFileAtomic } from '@oinr/files';
import { parseTableInSteps, parseTsv } from './parse.ts';
import { type Table, TableError } from './table.ts';
import { tsvPieces } from './tsv.ts';

async function readText(path: string, signal?: AbortSignal): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const code = errorCode(error);
    throw new TableError(
      path,
      code === 'ENOENT'
        ? 'does not exist. Check the path.'
        : code === 'EISDIR'
          ? 'is a folder; a table was expected.'
          : code === 'ERR_FS_FILE_TOO_LARGE'
            ? 'is larger than 2 GB; a table was expected.'
            : `could not be read: ${explainFileError(error)}.`,
      { cause: error },
    );
  }
  const decoded = decodeText(bytes);
  if ('fault' in decoded) throw new TableError(path, `${decoded.fault}.`);
  return decoded.text;
}

/** Reads a TSV file that `writeTsv` wrote (see `parseTsv`). Throws TableError. */
export async function readTsv(path: string): Promise<Table> {
  return parseTsv(await readText(path), path);
}

/**
 * Reads a table that a person made: UTF-8 or UTF-16, separated by tabs, commas or semicolons whatever its name ends in,
 * with quotes around cells or none. Cells and names of columns lose the blanks at their ends. A large table is read in
 * steps, between which the program hears what goes on.
 *
 * @throws TableError that says what is wrong in which line; the reason of `signal` when it is aborted.
 */
export async function readTable(
  path: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Table> {
  const steps = parseTableInSteps(await readText(path, signal), path);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
    signal?.throwIfAborted();
  }
}

/** Writes a TSV file (see `formatTsv`); it appears whole or not at all. Throws TableError or FileWriteError. */
export async function writeTsv(path: string, table: Table): Promise<void> {
  // All is checked before the file is begun.
  const pieces = Array.from(tsvPieces(table, path), (piece) => Buffer.from(piece));
  await writeFileAtomic(path, pieces);
}
