import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Where a file is written until it is whole: beside its place, under a name that nobody else has. */
export function partialBeside(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.partial`);
}

/** The same for files that belong together: a folder in the folder given. */
export function partialIn(folder: string): string {
  return join(folder, `.${randomUUID()}.partial`);
}

// Other programs' unfinished files end alike, so the number in the middle has to be one that we would give.
const partialPattern = /^\.(.+\.)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial$/;

/**
 * Removes what an interrupted writer left in a folder: among its own files, and anywhere below `.resume`, where results
 * are written before they take their places. Other folders are not looked into, for they may be somebody else's, or
 * another run may be at work there. Call it only while holding the folder's lock.
 */
export async function removePartials(folder: string): Promise<number> {
  return (await removeIn(folder, false)) + (await removeIn(join(folder, '.resume'), true));
}

async function removeIn(folder: string, isDeep: boolean): Promise<number> {
  let removed = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (partialPattern.test(entry.name)) {
      await rm(path, { recursive: true, force: true });
      removed += 1;
    } else if (isDeep && entry.isDirectory()) removed += await removeIn(path, true);
  }
  return removed;
}
