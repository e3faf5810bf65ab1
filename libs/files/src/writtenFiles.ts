import { appendFile, open, readFile, stat } from 'node:fs/promises';
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
      await appendFile(list, lines.join(''));
      const file = await open(list, 'r');
      await file.sync().finally(() => file.close());
    } catch (error) {
      throw new FileWriteError(list, error);
    }
  }

  /** What lies at each of the paths, in their order. */
  async ownerships(paths: readonly string[]): Promise<Ownership[]> {
    const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
    if (found.every((one) => one === undefined)) return paths.map(() => 'absent');
    const hashes = await this.#read();
    const owned: Ownership[] = [];
    for (const [index, path] of paths.entries()) {
      const known = hashes.get(this.#name(path));
      const isFile = found[index]?.isFile();
      owned.push(
        isFile === undefined
          ? 'absent'
          : known === undefined || !isFile
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
    const text = await readFile(join(this.#folder, listName), 'utf8').catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return '';
      throw error;
    });
    const hashes = new Map<string, Set<string>>();
    for (const [, sha256, name] of text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)) {
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
