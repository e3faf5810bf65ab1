import { appendFile, lstat, open, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode, FileWriteError } from './errors.ts';
import { hashFile } from './hash.ts';

/**
 * What lies at a path: nothing, a file of ours as it was written, a file of ours that was changed since, or somebody
 * else's (a folder or a special file too).
 */
export type Ownership = 'absent' | 'own' | 'changed' | 'foreign';

const listName = '.written.sha256';

/**
 * The list of all files that the program has written below a folder, by their hashes, so that it can tell its own from
 * those of other people. It lies there as `.written.sha256`, in the form of the tool sha256sum, and only grows: a file
 * that was written several times has several lines, and is its own with any of their hashes.
 */
export class WrittenFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether the folder has such a list, and so was written before. */
  async exists(): Promise<boolean> {
    return (await stat(join(this.#folder, listName)).catch(() => undefined)) !== undefined;
  }

  /**
   * Adds files by their paths and hashes. Called before they come to their places: a kill in between leaves a line too
   * many, never a file that is taken for somebody else's. Lines of several processes do not mix, since each call is
   * one write at the end of the file.
   *
   * @throws FileWriteError
   */
  async add(files: readonly { readonly path: string; readonly sha256: string }[]): Promise<void> {
    const list = join(this.#folder, listName);
    const lines = files.map(({ path, sha256 }) => `${sha256}  ${this.#name(path)}\n`);
    try {
      // A full disk may have cut off the last line.
      await appendFile(list, `${(await endsInLine(list)) ? '' : '\n'}${lines.join('')}`);
      const file = await open(list, 'r');
      await file.sync().finally(() => file.close());
    } catch (error) {
      throw new FileWriteError(list, error);
    }
  }

  /** What lies at each of the paths, in their order. */
  async ownerships(paths: readonly string[]): Promise<Ownership[]> {
    const found = await Promise.all(paths.map(kindAt));
    if (found.every((one) => one === 'absent')) return paths.map(() => 'absent');
    const hashes = await this.#read();
    const owned: Ownership[] = [];
    for (const [index, path] of paths.entries()) {
      const known = hashes.get(this.#name(path));
      owned.push(
        found[index] === 'absent'
          ? 'absent'
          : known === undefined || found[index] === 'other'
            ? 'foreign'
            : known.has(await hashFile(path))
              ? 'own'
              : 'changed',
      );
    }
    return owned;
  }

  /** Hashes by path below the folder. A line that a full disk has cut off says nothing. */
  async #read(): Promise<Map<string, Set<string>>> {
    const list = join(this.#folder, listName);
    const text = await readFile(list, 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return '';
      throw new FileWriteError(list, error);
    });
    const hashes = new Map<string, Set<string>>();
    for (const [, sha256, name] of text.matchAll(/^([0-9a-f]{64}) {2}([^\n]+?)\r?$/gm)) {
      const known = hashes.get(name);
      if (known === undefined) hashes.set(name, new Set([sha256]));
      else known.add(sha256);
    }
    return hashes;
  }

  #name(path: string): string {
    return relative(this.#folder, path).split(sep).join('/');
  }
}

/** What is at a path: a file, perhaps by a link; anything else, such as a link to nothing; or nothing. */
async function kindAt(path: string): Promise<'file' | 'other' | 'absent'> {
  try {
    const found = await lstat(path);
    const behind = found.isSymbolicLink() ? await stat(path).catch(() => undefined) : found;
    return behind?.isFile() ? 'file' : 'other';
  } catch (error) {
    // A file where a folder should be is in the way of whoever makes the folder, and told then.
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' ? 'absent' : 'other';
  }
}

/** Whether a file is absent, empty, or ends with the end of a line. */
async function endsInLine(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return true;
  try {
    const { size } = await file.stat();
    if (size === 0) return true;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === 10;
  } finally {
    await file.close();
  }
}
