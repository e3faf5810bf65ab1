import { readFile, stat } from 'node:fs/promises';
import { hashFile, ResultFolder, removeOwn } from '@oinr/files';
import { writeJson } from './json.ts';
import { relativePath, safeJoin } from './paths.ts';

/** A file that a finished unit has written, by its path below the run folder. */
export interface UnitOutput {
  readonly path: string;
  readonly bytes: number;
  readonly modified: string;
  readonly sha256: string;
}

/** One finished piece of work: what it was made from, what it wrote, and its numbers. */
export interface UnitRecord<Result> {
  readonly unit: readonly string[];
  readonly fingerprint: string;
  readonly outputs: readonly UnitOutput[];
  readonly result: Result;
}

/** What is known of a finished unit. */
export interface Finished<Result> {
  readonly result: Result;
  /** Paths of what it has written, in their places or as drafts. */
  readonly outputs: readonly string[];
}

/**
 * What a run has finished: one small file per unit, which appears by rename after the unit's outputs did. So there
 * is no moment at which a kill can lose a finished unit or make an unfinished one look finished, and worker
 * processes need no common journal.
 */
export class Manifest {
  /** What the units write. */
  readonly results: ResultFolder;
  readonly #folder: string;

  /** `folder`: where the records lie, inside `runFolder`; drafts of results lie beside it. */
  constructor(runFolder: string, folder: string) {
    this.results = new ResultFolder(runFolder, `${folder}.drafts`);
    this.#folder = folder;
  }

  #file(unit: readonly string[]): string {
    const last = unit.at(-1);
    if (last === undefined) throw new TypeError('A unit needs at least one name.');
    return safeJoin(this.#folder, ...unit.slice(0, -1), `${last}.json`);
  }

  /**
   * The result of a unit that was finished from exactly these inputs and options and whose outputs are all still as
   * they were written, with their paths; else undefined.
   */
  async finished<Result>(
    unit: readonly string[],
    fingerprint: string,
  ): Promise<Finished<Result> | undefined> {
    const record = await this.#read<Result>(unit);
    if (record === undefined || record.fingerprint !== fingerprint) return undefined;
    for (const output of record.outputs) {
      if (!(await this.#unchanged(output))) return undefined;
    }
    return { result: record.result, outputs: record.outputs.map(({ path }) => this.#pathOf(path)) };
  }

  /** The result of a unit as it was finished last, from whatever inputs. */
  async last<Result>(unit: readonly string[]): Promise<Result | undefined> {
    return (await this.#read<Result>(unit))?.result;
  }

  /**
   * Records a unit as finished. `outputs`: paths of files that are already whole on the disk, in their places or as
   * drafts.
   */
  async record<Result>(
    unit: readonly string[],
    fingerprint: string,
    outputs: readonly string[],
    result: Result,
  ): Promise<void> {
    const described: UnitOutput[] = [];
    for (const path of outputs) {
      const newest = this.results.newestOf(path);
      const found = await stat(newest, { bigint: true });
      described.push({
        path: relativePath(this.results.path, path),
        bytes: Number(found.size),
        modified: String(found.mtimeNs),
        sha256: await hashFile(newest),
      });
    }
    const record: UnitRecord<Result> = { unit, fingerprint, outputs: described, result };
    await writeJson(this.#file(unit), record);
  }

  /** Forgets a unit, so that it is done again. */
  async forget(unit: readonly string[]): Promise<void> {
    await removeOwn(this.#file(unit));
  }

  /** Forgets all units (`--force`). Outputs stay until they are overwritten. */
  async forgetAll(): Promise<void> {
    await removeOwn(this.#folder);
  }

  async #read<Result>(unit: readonly string[]): Promise<UnitRecord<Result> | undefined> {
    try {
      const read = JSON.parse(await readFile(this.#file(unit), 'utf8'));
      // A damaged record means that the unit is done again.
      const isRecord = typeof read?.fingerprint === 'string' && Array.isArray(read.outputs);
      return isRecord ? read : undefined;
    } catch (error) {
      // Absent is the usual case; a damaged record means that the unit is done again.
      if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return undefined;
      throw error;
    }
  }

  #pathOf(name: string): string {
    return safeJoin(this.results.path, ...name.split('/'));
  }

  async #unchanged(output: UnitOutput): Promise<boolean> {
    const path = this.results.newestOf(this.#pathOf(output.path));
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    if (found === undefined || Number(found.size) !== output.bytes) return false;
    // A copied run folder has new times; then the bytes decide.
    return String(found.mtimeNs) === output.modified || (await hashFile(path)) === output.sha256;
  }
}
