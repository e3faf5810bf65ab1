import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import {
  FileWriteError,
  type Lock,
  lockFolder,
  makeFolder,
  ResultFolder,
  refuseLocked,
  removePartials,
} from '@oinr/files';
import { RunError } from './errors.ts';
import { writeJson } from './json.ts';
import { RunLog } from './log.ts';
import { Manifest } from './manifest.ts';
import { relativePath, safeJoin } from './paths.ts';
import { type Shard, shardName } from './shard.ts';

/** How a stage of a run ended, or `running`; a stage that was killed keeps saying `running`. */
export type StageStatus = 'running' | 'complete' | 'complete with failures' | 'stopped' | 'failed';

/** Whether a stage came to its end, with or without failures of single subjects. */
export function isOver(status: unknown): boolean {
  return status === 'complete' || status === 'complete with failures';
}

/** What `run.json` says of one stage: everything that JSON can hold, plus status and times. */
export interface StageRecord {
  readonly status: StageStatus;
  readonly started: string;
  readonly ended?: string;
  readonly seconds?: number;
  readonly [detail: string]: unknown;
}

/** `run.json`: the stages of one run, each with its resolved options, versions, machine and times. */
export interface RunRecord {
  readonly cohort: string;
  readonly run: string;
  readonly stages: Readonly<Record<string, StageRecord>>;
}

export interface RunFolderRequest {
  /** The folder of all reports. */
  readonly out: string;
  readonly cohort: string;
  readonly run: string;
  /** The stage that writes, such as `impute`. */
  readonly stage: string;
  /** Where several processes share the units of the stage: which of them this is. */
  readonly shard?: Shard;
  /** Takes out of the log what it may not carry; see hideFolders. */
  readonly hide?: (text: string) => string;
  /** Told where another machine's lock is watched, which takes a while. */
  readonly terminal?: { readonly out: { write(text: string): unknown } };
}

/** A folder while one process writes its results to it. */
export class OutputFolder {
  readonly path: string;
  /** What writes. */
  readonly stage: string;
  readonly manifest: Manifest;
  readonly log: RunLog;
  /** Which part of the units this process does; undefined where it does all. */
  readonly shard: Shard | undefined;
  readonly #lock: Lock;
  readonly #drafts = new Set<string>();

  constructor(path: string, stage: string, log: RunLog, lock: Lock, shard?: Shard) {
    this.path = path;
    this.stage = stage;
    this.manifest = new Manifest(path, manifestFolder(path, stage));
    this.log = log;
    this.shard = shard;
    this.#lock = lock;
  }

  /** A path below the folder; see safeJoin. */
  file(...names: readonly string[]): string {
    return safeJoin(this.path, ...names);
  }

  /** Where a result of the stage is written until it is published: the names are those of its place. */
  draft(...names: readonly string[]): string {
    const place = this.file(...names);
    this.#drafts.add(place);
    return this.manifest.results.draftOf(place);
  }

  /**
   * Brings all drafts to their places, together: those that `draft` has named, and what units have written. A shard leaves
   * them where they are.
   *
   * @param outputs of units. Other drafts are thrown away.
   * @param obsolete see ResultFolder.publish.
   * @returns sentences about files that were in the way.
   * @throws ForeignFileError, FileWriteError, FolderLockedError; then what was there before stays.
   */
  async publish(
    outputs: readonly string[] = [],
    obsolete: readonly string[] = [],
  ): Promise<readonly string[]> {
    await this.#lock.check();
    if (this.shard !== undefined) return [];
    const only = [...this.#drafts, ...outputs];
    const { kept } = await this.manifest.results.publish({ only, obsolete });
    return kept.map(
      (path) =>
        `A result was changed since it was written: what was there is kept as ${relativePath(this.path, path)}.`,
    );
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    await this.#lock.release();
  }
}

/** The folder `OUT/COHORT/RUN/` while one process writes to it. */
export class RunFolder extends OutputFolder {
  readonly #request: RunFolderRequest;
  readonly #started = new Date();

  /** Whether the stage was run to its end before. */
  #isRepeated = false;

  constructor(path: string, request: RunFolderRequest, lock: Lock) {
    super(path, request.stage, new RunLog(logOf(path, request), request.hide), lock, request.shard);
    this.#request = request;
  }

  /**
   * Publishes at the end of the stage: of a first run what it has, however it ended; results of an earlier whole run
   * stay until there are new ones of all. See `publish`.
   */
  async publishAt(status: StageStatus, outputs: readonly string[] = []): Promise<readonly string[]> {
    return isOver(status) || !this.#isRepeated ? this.publish(outputs) : [];
  }

  /** Writes the stage's part of run.json with status `running`. */
  async begin(details: Readonly<Record<string, unknown>>): Promise<void> {
    const before = (await readRunRecord(this.path).catch(() => undefined))?.stages[this.stage];
    this.#isRepeated = isOver(before?.status) || before?.hasEarlierResults === true;
    await this.#writeStage({ ...details, status: 'running', started: this.#started.toISOString() });
  }

  /** Writes the stage's part of run.json with its end. Throws FileWriteError, also for lines that the log has lost. */
  async end(status: StageStatus, details: Readonly<Record<string, unknown>>): Promise<void> {
    const ended = new Date();
    const seconds = Math.round((ended.getTime() - this.#started.getTime()) / 100) / 10;
    const times = { started: this.#started.toISOString(), ended: ended.toISOString(), seconds };
    await this.#writeStage({ ...details, status, ...times });
    if (this.log.failure !== undefined) throw this.log.failure;
  }

  async #writeStage(record: StageRecord): Promise<void> {
    const { cohort, run, stage } = this.#request;
    const before = await readRunRecord(this.path).catch(() => undefined);
    // A shard says that somebody is at work here, where nobody has yet, and no more: the stage has not ended with it.
    if (this.shard !== undefined && (record.status !== 'running' || before?.stages[stage] !== undefined))
      return;
    const told = this.#isRepeated && !isOver(record.status) ? { ...record, hasEarlierResults: true } : record;
    const whole: RunRecord = { cohort, run, stages: { ...before?.stages, [stage]: told } };
    await writeJson(join(this.path, 'run.json'), whole);
  }
}

/** Where a stage's records of finished units lie; worker processes open the same manifest by it. */
export function manifestFolder(runFolder: string, stage: string): string {
  return safeJoin(runFolder, '.resume', stage);
}

/** A shard's own things: its lock, and its log. */
function shardFolder(path: string, stage: string, shard: Shard): string {
  return join(shardsFolder(path, stage), shardName(shard));
}

function shardsFolder(path: string, stage: string): string {
  return join(path, '.resume', `${stage}.shards`);
}

function logOf(path: string, { stage, shard }: Pick<RunFolderRequest, 'stage' | 'shard'>): string {
  return shard === undefined
    ? join(path, `${stage}.log`)
    : join(shardFolder(path, stage, shard), `${stage}.log`);
}

/**
 * Opens (creates) the run folder, takes its lock, and removes temporary files that a killed run left behind.
 *
 * @throws FileWriteError when the folder cannot be written; RunError when another run is writing it.
 */
export async function openRunFolder(request: RunFolderRequest): Promise<RunFolder> {
  const path = safeJoin(request.out, request.cohort, request.run);
  await refuseForeignFolder(path);
  return openFolder(path, request, (lock) => new RunFolder(path, request, lock));
}

/** A run folder is made by a run; one that somebody else has filled is not written to. */
async function refuseForeignFolder(path: string): Promise<void> {
  const names = await readdir(path).catch(() => []);
  const others = names.filter((name) => !name.startsWith('.') && !name.endsWith('.log'));
  if (others.length === 0 || (await readRunRecord(path).catch(() => undefined)) !== undefined) return;
  throw new RunError(
    `${path} holds ${others.slice(0, 3).join(', ')}${others.length > 3 ? ', ...' : ''} but no whole run.json of a run, so something else was put there, or run.json was damaged. Choose another --run name, or move the folder away.`,
  );
}

/**
 * The same for a folder that somebody named, which holds nothing but results: it has no run.json, and its log lies among
 * the records.
 */
export function openOutputFolder(
  path: string,
  stage: string,
  { hide, terminal, shard }: Pick<RunFolderRequest, 'hide' | 'terminal' | 'shard'> = {},
): Promise<OutputFolder> {
  return openFolder(path, { stage, terminal, shard }, async (lock) => {
    const records = shard === undefined ? join(path, '.resume') : shardFolder(path, stage, shard);
    await makeFolder(records).catch((error: unknown) => {
      throw new FileWriteError(records, error);
    });
    return new OutputFolder(path, stage, new RunLog(join(records, `${stage}.log`), hide), lock, shard);
  });
}

async function openFolder<Folder extends OutputFolder>(
  path: string,
  request: Pick<RunFolderRequest, 'stage' | 'shard' | 'terminal'>,
  open: (lock: Lock) => Folder | Promise<Folder>,
): Promise<Folder> {
  const { stage, shard, terminal } = request;
  if (shard !== undefined) return openShard(path, { ...request, shard }, open);
  const lock = await lockFolder(path, {
    onWatch: (seconds) =>
      terminal?.out.write(
        `${path} is locked by a process on another machine; looking for ${seconds} s whether it is still at work.\n`,
      ),
  });
  try {
    await refuseShardsAtWork(path, stage);
    await removePartials(path);
    const folder = await open(lock);
    await adoptEarlier(folder);
    await finishPublications(path);
    return folder;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * A shard holds a lock of its own, so that nobody else does its part. What a killed run has left is not tidied up: it may be
 * another shard's, at work.
 *
 * @throws FolderLockedError where the same shard, or the command without shards, is at work.
 */
async function openShard<Folder extends OutputFolder>(
  path: string,
  { stage, shard }: { readonly stage: string; readonly shard: Shard },
  open: (lock: Lock) => Folder | Promise<Folder>,
): Promise<Folder> {
  const lock = await lockFolder(shardFolder(path, stage, shard));
  try {
    // Asked with the own lock in hand, as the whole stage asks for those of shards: never do both go on.
    await refuseLocked(path);
    return await open(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** @throws FolderLockedError where a shard of the stage is at work. */
async function refuseShardsAtWork(path: string, stage: string): Promise<void> {
  const folder = shardsFolder(path, stage);
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => refuseLocked(join(folder, name))));
}

/** A stage that was killed while its results took their places: the rest of them follow. */
async function finishPublications(path: string): Promise<void> {
  const states = await readdir(join(path, '.resume')).catch(() => []);
  for (const name of states.filter((one) => one.endsWith('.drafts')))
    await new ResultFolder(path, join(path, '.resume', name)).finishMoves();
}

/** Runs of earlier versions kept no list of what they wrote, and a copy of a run may have lost its list. */
async function adoptEarlier({ path, manifest: { results } }: OutputFolder): Promise<void> {
  if ((await readRunRecord(path).catch(() => undefined)) === undefined) return;
  await results.adopt(async () => {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
    const hashes = await recordedHashes(files.filter((file) => file.includes(`${sep}.resume${sep}`)));
    return files.map((file) => ({ path: file, sha256: hashes.get(relativePath(path, file)) }));
  });
}

/** Hashes of outputs, by path below the folder, from the records of finished units. */
async function recordedHashes(files: readonly string[]): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const file of files.filter((one) => one.endsWith('.json'))) {
    try {
      for (const { path, sha256 } of JSON.parse(await readFile(file, 'utf8')).outputs)
        if (/^[0-9a-f]{64}$/.test(sha256)) hashes.set(String(path), sha256);
    } catch {
      // No record, or a damaged one: what it says is not known.
    }
  }
  return hashes;
}

/** Reads `run.json` of a run folder. @throws Node's error, SyntaxError, or RunError where it is none. */
export async function readRunRecord(path: string): Promise<RunRecord> {
  const record = JSON.parse(await readFile(join(path, 'run.json'), 'utf8'));
  if (Object(record?.stages) !== record?.stages)
    throw new RunError(`${path}/run.json is no record of a run.`);
  return record;
}
