import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '@oinr/files';
import { writeJson } from './json.ts';

/** Anything that JSON can hold, in which the order of keys means nothing. */
export type Fingerprinted =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Fingerprinted[]
  | { readonly [key: string]: Fingerprinted };

/**
 * SHA-256 (hex) of a value written canonically: keys sorted, undefined left out. Two calls agree exactly when the
 * values do.
 *
 * @throws TypeError for NaN and infinities, which JSON would turn into null.
 */
export function fingerprint(value: Fingerprinted): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: Fingerprinted): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`Cannot fingerprint ${value}.`);
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}

function isList(value: Fingerprinted): value is readonly Fingerprinted[] {
  return Array.isArray(value);
}

/** What tells that a file is still the one that was hashed, without reading it. */
interface FileState {
  readonly bytes: number;
  readonly modified: string;
  readonly changed: string;
}

async function fileState(path: string): Promise<FileState> {
  const found = await stat(path, { bigint: true });
  return { bytes: Number(found.size), modified: String(found.mtimeNs), changed: String(found.ctimeNs) };
}

/**
 * The content hash of one input file, remembered in `cacheFile` beside the file's size and times, so that resuming a
 * cohort of hundreds does not read every scan again. The cache holds no path of the input.
 */
export async function cachedFileHash(path: string, cacheFile: string): Promise<string> {
  const now = await fileState(path);
  const cached = await readCache(cacheFile);
  if (
    cached !== undefined &&
    cached.bytes === now.bytes &&
    cached.modified === now.modified &&
    cached.changed === now.changed
  ) {
    return cached.sha256;
  }
  const sha256 = await hashFile(path);
  await writeJson(cacheFile, { ...now, sha256 });
  return sha256;
}

async function readCache(path: string): Promise<(FileState & { sha256: string }) | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    // No cache, or a damaged one: the file is hashed anew.
    return undefined;
  }
}

/**
 * SHA-256 over the names and bytes of all files below the given folders, sorted by name: the version of the code
 * that made a result, also between releases and with uncommitted changes.
 */
export async function hashFolders(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const [index, folder] of folders.entries()) {
    for (const name of await filesBelow(folder)) {
      hash.update(`${index}/${name}\n`).update(await readFile(join(folder, name)));
    }
  }
  return hash.digest('hex');
}

async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) names.push(...(await filesBelow(folder, name)));
    else if (!entry.name.startsWith('.')) names.push(name);
  }
  return names.sort();
}
