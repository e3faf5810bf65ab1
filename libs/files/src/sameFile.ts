import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mapLimited } from './mapLimited.ts';

/**
 * The first of some paths that leads to the same file as one of others, as an input does that a result would replace;
 * links are followed. Undefined where none does.
 */
export async function sameFile(
  paths: readonly (string | undefined)[],
  others: readonly (string | undefined)[],
): Promise<string | undefined> {
  const named = paths.filter((path) => path !== undefined);
  const taken = new Set(await filesOf(others.filter((path) => path !== undefined)));
  const files = await filesOf(named);
  return named.find((_, index) => taken.has(files[index]));
}

function filesOf(paths: readonly string[]): Promise<string[]> {
  return mapLimited(paths, 16, (path) => realpath(path).catch(() => resolve(path)));
}
