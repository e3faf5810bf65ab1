import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

// The names that writeFileAtomic and writeTogether give to what is being written.
// Other programs' unfinished files end alike, so the number in the middle has to be one that we would give.
const partialPattern = /^\.(.+\.)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.partial$/;

/** Removes what an interrupted writer left anywhere below a folder. Call it only while holding the folder's lock. */
export async function removePartials(folder: string): Promise<number> {
  let removed = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (partialPattern.test(entry.name)) {
      await rm(path, { recursive: true, force: true });
      removed += 1;
    } else if (entry.isDirectory()) removed += await removePartials(path);
  }
  return removed;
}
