import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileWriteError } from '@oinr/files';
import { writeJson } from './json.ts';
import { takeLock } from './lock.ts';
import { RunLog } from './log.ts';
import { Manifest } from './manifest.ts';
import { removePartials } from './partials.ts';
import { safeJoin } from './paths.ts';

/** How a stage of a run ended, or `running`; a stage that was killed keeps saying `running`. */
export type StageStatus = 'running' | 'complete' | 'complete with failures' | 'stopped' | 'failed';

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
  /** Takes out of the log what it may not carry; see hideFolders. */
  readonly hide?: (text: string) => string;
}

/** A folder while one process writes its results to it. */
export class OutputFolder {
  readonly path: string;
  /** What writes. */
  readonly stage: string;
  readonly manifest: Manifest;
  readonly log: RunLog;
  readonly #release: () => Promise<void>;

  constructor(path: string, stage: string, log: RunLog, release: () => Promise<void>) {
    this.path = path;
    this.stage = stage;
    this.manifest = new Manifest(path, manifestFolder(path, stage));
    this.log = log;
    this.#release = release;
  }

  /** A path below the folder; see safeJoin. */
  file(...names: readonly string[]): string {
    return safeJoin(this.path, ...names);
  }

  /** Gives the folder back. */
  async close(): Promise<void> {
    await this.#release();
  }
}

/** The folder `OUT/COHORT/RUN/` while one process writes to it. */
export class RunFolder extends OutputFolder {
  readonly #request: RunFolderRequest;
  readonly #started = new Date();

  constructor(path: string, request: RunFolderRequest, release: () => Promise<void>) {
    super(path, request.stage, new RunLog(join(path, `${request.stage}.log`), request.hide), release);
    this.#request = request;
  }

  /** Writes the stage's part of run.json with status `running`. */
  async begin(details: Readonly<Record<string, unknown>>): Promise<void> {
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
    const whole: RunRecord = { cohort, run, stages: { ...before?.stages, [stage]: record } };
    await writeJson(join(this.path, 'run.json'), whole);
  }
}

/** Where a stage's records of finished units lie; worker processes open the same manifest by it. */
export function manifestFolder(runFolder: string, stage: string): string {
  return safeJoin(runFolder, '.resume', stage);
}

/**
 * Opens (creates) the run folder, takes its lock, and removes temporary files that a killed run left behind.
 *
 * @throws FileWriteError when the folder cannot be written; RunError when another run is writing it.
 */
export async function openRunFolder(request: RunFolderRequest): Promise<RunFolder> {
  const path = safeJoin(request.out, request.cohort, request.run);
  return openFolder(path, (release) => new RunFolder(path, request, release));
}

/**
 * The same for a folder that somebody named, which holds nothing but results: it has no run.json, and its log lies among
 * the records.
 */
export function openOutputFolder(
  path: string,
  stage: string,
  hide?: (text: string) => string,
): Promise<OutputFolder> {
  return openFolder(path, async (release) => {
    const records = join(path, '.resume');
    await mkdir(records, { recursive: true });
    return new OutputFolder(path, stage, new RunLog(join(records, `${stage}.log`), hide), release);
  });
}

async function openFolder<Folder>(
  path: string,
  open: (release: () => Promise<void>) => Folder | Promise<Folder>,
): Promise<Folder> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new FileWriteError(path, error);
  }
  const lock = await takeLock(join(path, '.lock'));
  try {
    await removePartials(path);
    return await open(() => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Reads `run.json` of a run folder. */
export async function readRunRecord(path: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(path, 'run.json'), 'utf8'));
}
