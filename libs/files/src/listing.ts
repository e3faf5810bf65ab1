import { type Dirent, statSync } from 'node:fs';
import { readdir, readlink, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode, explainFileError } from './errors.ts';
import { isLitter } from './litter.ts';

/** What is at a path, links followed. */
export type Kind = 'file' | 'folder' | 'broken link' | 'other';

/** One name in a folder. */
export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly kind: Kind;
  readonly isLink: boolean;
}

/** Something in a folder that could not be read; `reason` stands behind its path in a sentence. */
export interface Unread {
  readonly path: string;
  readonly reason: string;
}

/**
 * What a folder holds, links followed, in the order of code points; the litter of file systems (see `isLitter`) is
 * passed over. Nothing for a folder that does not exist.
 *
 * @throws Node's error where the folder cannot be read.
 */
export async function entriesOf(folder: string): Promise<Entry[]> {
  let found: Dirent[];
  try {
    found = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return found
    .filter(({ name }) => !isLitter(name))
    .map((entry): Entry => {
      const path = join(folder, entry.name);
      // Some network file systems do not say what an entry is.
      const isKnown = entry.isFile() || entry.isDirectory();
      const kind = isKnown ? (entry.isFile() ? 'file' : 'folder') : kindOf(path);
      return { name: entry.name, path, kind, isLink: entry.isSymbolicLink() };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kindOf(path: string): Kind {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return 'broken link';
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch {
    // Links in a circle, or into a folder that may not be entered.
    return 'broken link';
  }
}

/** Why a broken link cannot be followed, to stand behind its path. */
export async function brokenLinkReason(path: string): Promise<string> {
  const target = await readlink(path).catch(() => '');
  const isAnnexed = target.split(/[\\/]/).includes('annex');
  return `is a link to ${target || 'something'}, which is not there. ${isAnnexed ? 'Get the content with `datalad get` or `git annex get`' : 'Correct the link, or remove it'}.`;
}

/**
 * All files below a folder, links followed, litter passed over, the files of a folder before those of the folders in it.
 * A linked folder that is read already, or lies around the link, is not entered; it and broken links are in `unread`, as
 * is a folder that cannot be read. `deepest` bounds the depth: 1 is the folder itself.
 *
 * @throws the reason of `signal` when it is aborted.
 */
export async function filesBelow(
  folder: string,
  { deepest = 32, signal }: { readonly deepest?: number; readonly signal?: AbortSignal } = {},
): Promise<{ readonly files: string[]; readonly unread: Unread[] }> {
  const files: string[] = [];
  const unread: Unread[] = [];
  const linked: { readonly path: string; readonly depth: number }[] = [];
  const walk = async (place: string, depth: number): Promise<void> => {
    signal?.throwIfAborted();
    let entries: Entry[];
    try {
      entries = await entriesOf(place);
    } catch (error) {
      unread.push({ path: place, reason: `could not be read: ${explainFileError(error)}.` });
      return;
    }
    const folders: string[] = [];
    for (const { path, kind, isLink } of entries) {
      if (kind === 'file') files.push(path);
      else if (kind === 'broken link') unread.push({ path, reason: await brokenLinkReason(path) });
      else if (kind === 'folder' && depth < deepest) {
        if (isLink) linked.push({ path, depth: depth + 1 });
        else folders.push(path);
      }
    }
    for (const path of folders) await walk(path, depth + 1);
  };
  await walk(folder, 1);
  // Links come last: whatever lies below the folder itself is read under its own name. Of links into one another the
  // outermost comes first.
  const entered = [await realpath(folder).catch(() => folder)];
  while (linked.length > 0) {
    const found = await Promise.all(
      linked.splice(0).map(async (link) => ({ ...link, real: await realpath(link.path) })),
    );
    for (const { path, depth, real } of found.sort((a, b) => a.real.length - b.real.length)) {
      if (entered.some((one) => contains(one, real) || contains(real, one))) {
        unread.push({
          path,
          reason: `is a link to ${real}, which is read already or lies around it; it was not followed.`,
        });
      } else {
        entered.push(real);
        await walk(path, depth);
      }
    }
  }
  return { files, unread };
}

/** Whether a folder is another or lies in it. */
function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !/^([A-Za-z]:|[\\/])/.test(way);
}
