import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, utimesSync } from 'node:fs';
import { open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '@oinr/errors';
import { errorCode, FileWriteError } from './errors.ts';
import { makeFolder } from './makeFolder.ts';

/** A folder is written by somebody else. The message names it, who writes it and what to do. */
export class FolderLockedError extends UserError {
  override readonly name = 'FolderLockedError';
}

interface LockContent {
  /** Tells one lock from another, also where process numbers are used again. */
  readonly token: string;
  readonly pid: number;
  /** When the process began, in the system's own count; empty where the system does not say. */
  readonly processStart: string;
  /** A hash: a shared disk is seen by several machines, and a folder of results carries no host name. */
  readonly machine: string;
  readonly since: string;
}

/** Held while a folder is written. */
export interface Lock {
  /** @throws FolderLockedError where somebody has taken the lock over, as after a long standstill of this machine. */
  check(): Promise<void>;
  release(): Promise<void>;
}

export interface LockTimes {
  /** How often, in ms, a holder renews the mark that it is alive. */
  readonly renew: number;
  /** For how long, in ms, the mark of a holder on another machine has to stand still until it counts as gone. */
  readonly gone: number;
  /** Told that the mark is watched, for about so many seconds. */
  readonly onWatch?: (seconds: number) => void;
  /** Ends the watching; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

const usualTimes: LockTimes = { renew: 5_000, gone: 90_000 };

// A lock is created empty and filled at once; an empty one that stays so was left by a crash in between.
const fillingTakesAtMost = 5_000;

/**
 * Takes the lock of a folder, the file `.lock` in it, or says who holds it. The folder is made where it is not there.
 *
 * The lock of a process of this machine that is gone (killed, or the machine restarted) is taken over at once. Of a
 * process on another machine, as on a shared disk, nothing can be asked; but every holder renews a mark, and a lock
 * whose mark stands still for a while is taken over. No clock is compared with another: only whether the mark moves.
 *
 * @throws FolderLockedError when somebody else is writing the folder; FileWriteError when it cannot be written.
 */
export async function lockFolder(folder: string, times: Partial<LockTimes> = {}): Promise<Lock> {
  const { renew, gone, onWatch, signal } = { ...usualTimes, ...times };
  const path = join(folder, '.lock');
  const own: LockContent = {
    token: randomUUID(),
    pid: process.pid,
    processStart: processStart(process.pid),
    machine: machineHash(),
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const made = await create(path, own);
    if (made !== undefined) return heldLock(path, own, { renew, isMade: made.isFolderMade });
    const holder = await read(path);
    if (holder === undefined) {
      const isEmpty = async (): Promise<boolean> => (await stat(path).catch(() => undefined))?.size === 0;
      if (await movesWithin(path, (await isEmpty()) ? fillingTakesAtMost : 500, signal)) continue;
      if (!(await isEmpty()))
        throw new FolderLockedError(
          `${path} is no lock that this program has written, so ${folder} is not written to. Move it away, or choose another folder.`,
        );
    } else if (isOfThisMachine(holder)) {
      if (isAlive(holder)) throw heldBy(folder, path, holder);
    } else {
      onWatch?.(Math.ceil(gone / 1000));
      if (await movesWithin(path, gone, signal)) {
        // Given back, or taken by another: then it is asked again.
        if ((await read(path))?.token !== holder.token) continue;
        throw heldBy(folder, path, holder);
      }
    }
    await removeStale(path, holder?.token);
  }
  throw new FolderLockedError(
    `${folder} cannot be locked: other processes keep taking ${path}. Wait for them and try again.`,
  );
}

/**
 * Makes sure that nobody holds the lock of a folder, without taking it: many processes may ask at once. A lock that was left
 * behind counts as none; see lockFolder for how that is told.
 *
 * @throws FolderLockedError when somebody is writing the folder.
 */
export async function refuseLocked(folder: string, times: Partial<LockTimes> = {}): Promise<void> {
  const { gone, onWatch, signal } = { ...usualTimes, ...times };
  const path = join(folder, '.lock');
  const holder = await read(path);
  if (holder === undefined) return;
  if (isOfThisMachine(holder)) {
    if (isAlive(holder)) throw heldBy(folder, path, holder);
    return;
  }
  onWatch?.(Math.ceil(gone / 1000));
  if ((await movesWithin(path, gone, signal)) && (await read(path)) !== undefined)
    throw heldBy(folder, path, holder);
}

/** The lock as its holder sees it, whose mark is renewed as long as the process lives. */
function heldLock(
  path: string,
  own: LockContent,
  { renew, isMade }: { readonly renew: number; readonly isMade: boolean },
): Lock {
  const folder = dirname(path);
  let beats = 0;
  const timer = setInterval(() => {
    try {
      // The times only have to differ from the last ones: nobody reads them as a time of day.
      beats += 1;
      utimesSync(path, beats, beats);
    } catch {
      // Whether the lock is still there is asked before anything is published.
    }
  }, renew);
  timer.unref();
  return {
    check: async () => {
      const holder = await read(path);
      if (holder?.token === own.token) return;
      throw new FolderLockedError(
        `The lock of ${folder} is no longer held: ${holder === undefined ? `${path} was removed` : 'another process has taken it, since this one seemed to be gone'}. Nothing was changed there; run the same command again.`,
      );
    },
    release: async () => {
      clearInterval(timer);
      if ((await read(path))?.token !== own.token) return;
      await rm(path, { force: true });
      // A folder that was made for work that came to nothing is taken away again.
      if (isMade) await rmdir(folder).catch(() => undefined);
    },
  };
}

/** Undefined where there is a lock already. */
async function create(
  path: string,
  content: LockContent,
): Promise<{ readonly isFolderMade: boolean } | undefined> {
  try {
    const isFolderMade = await makeFolder(dirname(path));
    const file = await open(path, 'wx');
    try {
      await file.writeFile(`${JSON.stringify(content)}\n`);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return { isFolderMade };
  } catch (error) {
    const isThere = async () => (await stat(dirname(path)).catch(() => undefined))?.isDirectory() === true;
    if (errorCode(error) === 'EEXIST' && (await isThere())) return undefined;
    throw new FileWriteError(dirname(path), error);
  }
}

async function read(path: string): Promise<LockContent | undefined> {
  try {
    const content = JSON.parse(await readFile(path, 'utf8'));
    const { token, pid, processStart, machine, since } = Object(content);
    const isLock =
      Number.isInteger(pid) && [token, processStart, machine, since].every((one) => typeof one === 'string');
    return isLock ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a file changes or goes away within so many ms, judged by its own marks and this process's count of time. */
async function movesWithin(path: string, milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  const first = await mark(path);
  const began = performance.now();
  while (performance.now() - began < milliseconds) {
    signal?.throwIfAborted();
    if ((await mark(path)) !== first) return true;
    await new Promise((resolve) => setTimeout(resolve, Math.min(500, milliseconds / 10)));
  }
  return (await mark(path)) !== first;
}

/** Size and time of a file, asked through an opened file: on network disks only that asks the server. */
async function mark(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size, mtimeNs, ino } = await file.stat({ bigint: true });
      return `${ino} ${size} ${mtimeNs}`;
    } finally {
      await file.close();
    }
  } catch {
    return 'gone';
  }
}

/**
 * Two processes may find the same stale lock, and the slower must not remove the new lock of the faster: the file is
 * moved aside first and only then is it certain what was removed.
 */
async function removeStale(path: string, token: string | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw new FileWriteError(path, error);
  }
  const moved = await read(aside);
  if (moved?.token !== token) await rename(aside, path);
  else await rm(aside, { force: true });
}

/**
 * Whether the holder can be asked here: the same host name and, where the system tells boots apart, no other machine of
 * that name (machines in containers and clusters may share one). A lock from before a restart is watched like that of
 * another machine.
 */
function isOfThisMachine({ machine, processStart: start }: LockContent): boolean {
  return machine === machineHash() && bootOf(start) === bootOf(processStart(process.pid));
}

function bootOf(start: string): string {
  return start.slice(start.indexOf('@') + 1);
}

function isAlive(holder: LockContent): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  // Process numbers are used again: the same number with another start is another process.
  const start = processStart(holder.pid);
  return start === '' || holder.processStart === '' || start === holder.processStart;
}

/** Field 22 of /proc/PID/stat with the boot's id; '' where there is no /proc. */
function processStart(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Containers of one machine count their processes apart.
    return `${fields[19] ?? ''}@${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

function machineHash(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 16);
}

function heldBy(folder: string, path: string, holder: LockContent): FolderLockedError {
  const where = isOfThisMachine(holder) ? `process ${holder.pid}` : 'a process on another machine';
  return new FolderLockedError(
    `Another run is writing ${folder} (${where}, since ${holder.since}). Wait until it ends, or choose another place for the results; if it is certainly gone, delete ${path}.`,
  );
}
