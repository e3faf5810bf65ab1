import { readFile } from 'node:fs/promises';
import { decodeText, errorCode, explainFileError } from '@oinr/files';
import type { Relabelings } from '@oinr/statistics';
import { RequestError } from './errors.ts';

/**
 * Reads explicit relabelings, one row each: 0/1 characters (1 = first group), or with covariates 0-based subject
 * numbers separated by spaces. Throws a RequestError that names the line where a row does not fit.
 */
export async function readLabelings(
  path: string,
  subjects: number,
  permutations: boolean,
): Promise<number[][]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const why =
      errorCode(error) === 'ENOENT' ? 'does not exist' : `could not be read: ${explainFileError(error)}`;
    throw new RequestError(`${path} ${why}. --labelings names a file of permutations.`);
  }
  const decoded = decodeText(bytes);
  if ('fault' in decoded)
    throw new RequestError(`${path} ${decoded.fault}. --labelings names a file of permutations.`);
  const lines = decoded.text.split(/\r\n|\n|\r/);
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop();
  if (lines.length === 0) throw new RequestError(`${path} is empty; the first row must be the identity.`);
  return lines.map((line, index) => {
    const where = `${path} line ${index + 1}`;
    const row = line.trim();
    const entries = permutations ? row.split(/\s+/) : [...row];
    if (entries.length !== subjects) {
      throw new RequestError(
        `${where} has ${entries.length} entries, but ${subjects} participants are compared. A row has one ${permutations ? 'subject number' : '0 or 1'} per participant, in the order of the table.`,
      );
    }
    return entries.map((entry) => {
      if (!(permutations ? /^\d+$/ : /^[01]$/).test(entry)) {
        throw new RequestError(
          `${where} contains '${entry}'; expected ${permutations ? 'subject numbers separated by spaces' : '0 and 1 only, without separators'}.`,
        );
      }
      return Number(entry);
    });
  });
}

/** The same form, as it is written to labelings.txt; in pieces, since it can be long. */
export function formatLabelings(relabelings: Relabelings): Uint8Array[] {
  const { subjects, count, kind, rows } = relabelings;
  const separator = kind === 'labels' ? '' : ' ';
  const pieces: Uint8Array[] = [];
  const encoder = new TextEncoder();
  for (let first = 0; first < count; first += 1024) {
    let text = '';
    for (let r = first; r < Math.min(count, first + 1024); r++) {
      text += `${rows.subarray(r * subjects, (r + 1) * subjects).join(separator)}\n`;
    }
    pieces.push(encoder.encode(text));
  }
  return pieces;
}
