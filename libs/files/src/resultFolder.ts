import { existsSync } from 'node:fs';
import { lstat, open, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '@oinr/errors';
import { FileWriteError } from './errors.ts';
import { hashFile } from './hash.ts';
import { writeJson } from './json.ts';
import { makeFolder } from './makeFolder.ts';
import { mapLimited } from './mapLimited.ts';
import { moveFile } from './moveFile.ts';
import { writeTogether } from './together.ts';
import { type Ownership, WrittenFiles } from './writtenFiles.ts';

/** A result would take the place of a file that the program has not written. */
export class ForeignFileError extends UserError {
  override readonly name = 'ForeignFileError';
}

/** What is done to bring drafts to their places, written down before it is begun. Paths are below the folder. */
interface Moves {
  readonly move: readonly { readonly draft: string; readonly to: string }[];
  readonly remove: readonly string[];
}

/** What became of files that were there before. */
export interface Published {
  /** Files that somebody has changed since they were written, by the names under which they were kept. */
  readonly kept: readonly string[];
}

/**
 * The results of one command, or one stage of a run, below a folder in which other people's files may lie too. New
 * results are drafts until all of them are there; then they take their places together. So a command that fails or is
 * killed leaves what an earlier one has written, and nothing is removed or replaced that the program did not write.
 *
 * Only one process at a time may publish: take the lock of the folder.
 */
export class ResultFolder {
  readonly path: string;
  /** Where what is not a result yet lies: drafts and what resuming needs. */
  readonly state: string;
  readonly #written: WrittenFiles;

  /**
   * @param path the folder; it need not exist yet.
   * @param state a folder below it for this command or stage alone, such as `.resume/compare`.
   */
  constructor(path: string, state: string) {
    this.path = path;
    this.state = state;
    this.#written = new WrittenFiles(path);
  }

  /** The folder whose files lie as the results will lie below `path`. */
  get drafts(): string {
    return join(this.state, 'new');
  }

  get #journal(): string {
    return join(this.state, 'moves.json');
  }

  /** Where the draft of a result lies, by the path of the result. */
  draftOf(result: string): string {
    return join(this.drafts, relative(this.path, result));
  }

  /** The path of a result, by that of its draft or its own. */
  placeOf(path: string): string {
    const below = relative(this.drafts, path);
    return below.startsWith('..') ? path : join(this.path, below);
  }

  /** Where the newest making of a result lies: its draft, where there is one. */
  newestOf(result: string): string {
    const draft = this.draftOf(result);
    return existsSync(draft) ? draft : result;
  }

  /**
   * Refuses results whose places hold files of somebody else, before anything is computed.
   *
   * @returns what lies at the places, in their order.
   * @throws ForeignFileError that names them.
   */
  async claim(results: readonly string[]): Promise<readonly Exclude<Ownership, 'foreign'>[]> {
    const ownerships = await this.#written.ownerships(results);
    const foreign = results.filter((_, index) => ownerships[index] === 'foreign');
    if (foreign.length > 0) throw foreignFiles(this.path, foreign);
    return ownerships as Exclude<Ownership, 'foreign'>[];
  }

  /** What lies at the place of a result. */
  async ownershipOf(result: string): Promise<Ownership> {
    const [ownership] = await this.#written.ownerships([result]);
    return ownership;
  }

  /**
   * Begins the list where there is none, as of a folder that an earlier version has written, or one that was copied
   * without its hidden files. Files with a known hash are the program's own; all others may be, or somebody may have
   * changed them: they are kept when they are replaced.
   */
  async adopt(
    find: () => Promise<readonly { readonly path: string; readonly sha256?: string }[]>,
  ): Promise<void> {
    if (await this.#written.exists()) return;
    const unknown = '0'.repeat(64);
    await this.#written.add((await find()).map(({ path, sha256 = unknown }) => ({ path, sha256 })));
  }

  /**
   * Writes results that belong together, such as a volume and its sidecar (see writeTogether): straight to their places
   * where nothing is there, else as drafts.
   *
   * @returns `results`.
   * @throws ForeignFileError, FileWriteError, and whatever `write` throws.
   */
  async writeTogether(
    results: readonly string[],
    write: (staged: readonly string[]) => Promise<void>,
  ): Promise<readonly string[]> {
    const isFree = (await this.claim(results)).every((one) => one === 'absent');
    const targets = isFree ? results : results.map((path) => this.draftOf(path));
    // An older draft would be taken for the newest.
    if (isFree) await Promise.all(results.map((path) => rm(this.draftOf(path), { force: true })));
    const writeAndList = async (staged: readonly string[]): Promise<void> => {
      await write(staged);
      await this.#written.add(await Promise.all(staged.map(hashed(results))));
    };
    // Unfinished files lie where nobody else has any.
    await writeTogether(targets, writeAndList, this.state);
    return results;
  }

  /**
   * Brings drafts to their places, all or none: also where the process is killed on the way, since what is to be done
   * is written down and `recover` does the rest. A file that somebody has changed since it was written is kept beside
   * its place under another name, unless it was merely cut off.
   *
   * @param only results that are wanted: their drafts, where there are any, are published, others are thrown away.
   *   Default: all drafts.
   * @param obsolete results of an earlier making that are removed where they are the program's own and unchanged.
   * @throws ForeignFileError or FileWriteError; then everything is as it was.
   */
  async publish({
    only,
    obsolete = [],
  }: {
    readonly only?: readonly string[];
    readonly obsolete?: readonly string[];
  } = {}): Promise<Published> {
    const drafts = await filesBelow(this.drafts);
    const wanted = only && new Set(only.map((path) => resolve(path)));
    const results = drafts
      .map((draft) => this.placeOf(draft))
      .filter((path) => wanted?.has(resolve(path)) ?? true);
    await this.claim(results);
    const below = (path: string): string => relative(this.path, path);
    const move = results.map((path) => ({ draft: below(this.draftOf(path)), to: below(path) }));
    const isNew = new Set(results.map((path) => resolve(path)));
    const old = obsolete.filter((path) => !isNew.has(resolve(path)) && wanted?.has(resolve(path)) !== true);
    const remove = old.map(below);
    if (move.length > 0 || remove.length > 0) {
      await this.#written.add(
        await mapLimited(results, 8, async (path) => ({ path, sha256: await hashFile(this.draftOf(path)) })),
      );
      for (const path of results) {
        await makeFolder(dirname(path)).catch((error: unknown) => {
          throw new FileWriteError(path, error);
        });
      }
      await writeJson(this.#journal, { move, remove } satisfies Moves);
    }
    return this.recover();
  }

  /** Ends a publication that was begun, and throws other drafts away. Called before anything else is written. */
  async recover(): Promise<Published> {
    const published = await this.finishMoves();
    await rm(this.drafts, { recursive: true, force: true });
    return published;
  }

  /**
   * Ends a publication that was begun; other drafts stay, for a stage that goes on with them. What lies at the places is
   * looked at now: since the process was killed, somebody may have put a file there.
   *
   * @throws ForeignFileError, FileWriteError; what is not moved yet is moved when the folder is opened the next time.
   */
  async finishMoves(): Promise<Published> {
    const moves = await readMoves(this.#journal);
    const at = (path: string): string => join(this.path, path);
    const kept: string[] = [];
    if (moves !== undefined && pathsOf(moves).every((path) => isBelow(this.path, at(path)))) {
      // Moved already, where a publication goes on that was killed in between.
      const left = moves.move.filter(({ draft }) => existsSync(at(draft)));
      const ownerships = await this.claim(left.map(({ to }) => at(to)));
      for (const [index, { draft, to }] of left.entries()) {
        if (ownerships[index] === 'changed' && !(await isBeginningOf(at(to), at(draft)))) {
          const name = await freeName(at(to));
          await moveThere(at(to), name);
          kept.push(name);
        }
        await moveThere(at(draft), at(to));
      }
      const old = moves.remove.map(at);
      for (const [index, one] of (await this.#written.ownerships(old)).entries())
        if (one === 'own') await rm(old[index], { force: true });
    }
    await rm(this.#journal, { force: true });
    return { kept };
  }

  /** Removes the folder for what is not a result yet, and the folder above it where that is empty then. */
  async removeState(): Promise<void> {
    await rm(this.state, { recursive: true, force: true });
    await rmdir(dirname(this.state)).catch(() => undefined);
  }
}

function hashed(results: readonly string[]) {
  return async (staged: string, index: number) => ({ path: results[index], sha256: await hashFile(staged) });
}

function foreignFiles(folder: string, foreign: readonly string[]): ForeignFileError {
  const names = foreign.map((path) => relative(folder, path));
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? `, and ${names.length - 5} more` : '');
  return new ForeignFileError(
    `${folder} holds ${shown}, which this program has not written there and does not replace. Choose another folder, or move ${foreign.length === 1 ? 'it' : 'them'} away.`,
  );
}

/** A name beside a file that nothing has yet: `T.changed-1.nii.gz`. */
async function freeName(path: string): Promise<string> {
  const [, stem, extension] = /^(.+?)((?:\.nii)?\.[^.]+)?$/.exec(basename(path)) ?? [];
  for (let number = 1; ; number += 1) {
    const name = join(dirname(path), `${stem}.changed-${number}${extension ?? ''}`);
    if ((await lstat(name).catch(() => undefined)) === undefined) return name;
  }
}

/** Whether a file holds nothing but the first bytes of another: then nothing is lost with it. */
async function isBeginningOf(path: string, whole: string): Promise<boolean> {
  const [{ size }, other] = await Promise.all([stat(path), stat(whole)]);
  if (size > other.size) return false;
  const [left, right] = [await readFile(path), await readBeginning(whole, size)];
  return left.equals(right);
}

async function readBeginning(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function moveThere(from: string, to: string): Promise<void> {
  try {
    await makeFolder(dirname(to));
    await moveFile(from, to);
  } catch (error) {
    throw new FileWriteError(to, error);
  }
}

function pathsOf({ move, remove }: Moves): string[] {
  return [...move.flatMap(({ draft, to }) => [draft, to]), ...remove];
}

/** A folder of results may come from anywhere: what it says is to be moved stays in it. */
function isBelow(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`);
}

async function readMoves(path: string): Promise<Moves | undefined> {
  try {
    const moves = JSON.parse(await readFile(path, 'utf8'));
    const isText = (value: unknown): boolean => typeof value === 'string';
    const isMoves =
      Array.isArray(moves?.move) &&
      Array.isArray(moves.remove) &&
      moves.move.every(
        (one: Partial<Moves['move'][number]> | null) => isText(one?.draft) && isText(one?.to),
      ) &&
      moves.remove.every(isText);
    return isMoves ? moves : undefined;
  } catch {
    // None, which is usual.
    return undefined;
  }
}

/** Paths of all files below a folder; none where there is no such folder. Half-written ones are left out. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/\.partial(\/|$)/.test(join(entry.parentPath, entry.name)))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}
