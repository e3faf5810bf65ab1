import { readFile } from 'node:fs/promises';
import { errorCode, explainFileError, writeFileAtomic } from '@oinr/files';
import { parseCsv } from './csv.ts';
import { type Table, TableError } from './table.ts';
import { formatTsv, parseTsv } from './tsv.ts';

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = errorCode(error);
    throw new TableError(
      path,
      code === 'ENOENT'
        ? 'does not exist. Check the path.'
        : code === 'EISDIR'
          ? 'is a folder; a table was expected.'
          : `could not be read: ${explainFileError(error)}.`,
      { cause: error },
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new TableError(path, 'is not UTF-8 text. Save it as UTF-8 (spreadsheets: "CSV UTF-8" or text).', {
      cause: error,
    });
  }
}

/** Reads a TSV file (see `parseTsv`). Throws TableError. */
export async function readTsv(path: string): Promise<Table> {
  return parseTsv(await readText(path), path);
}

/** Reads a CSV file (see `parseCsv`). Throws TableError. */
export async function readCsv(path: string): Promise<Table> {
  return parseCsv(await readText(path), path);
}

/** Reads a CSV file when its name ends in .csv, else a TSV file. Throws TableError. */
export function readTable(path: string): Promise<Table> {
  return path.toLowerCase().endsWith('.csv') ? readCsv(path) : readTsv(path);
}

/** Writes a TSV file (see `formatTsv`); it appears whole or not at all. Throws TableError or FileWriteError. */
export async function writeTsv(path: string, table: Table): Promise<void> {
  await writeFileAtomic(path, formatTsv(table, path));
}
