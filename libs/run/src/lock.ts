import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { errorCode, FileWriteError } from '@oinr/files';
import { RunError } from './errors.ts';

interface LockContent {
  /** Tells one lock from another, also where process numbers are used again. */
  readonly token: string;
  readonly pid: number;
  /** When the process began, in the system's own count; empty where the system does not say. */
  readonly processStart: string;
  /** A hash: a shared disk is seen by several machines, and a run folder carries no host name. */
  readonly machine: string;
  readonly since: string;
}

/** Held while a run writes its folder. */
export interface Lock {
  release(): Promise<void>;
}

// A lock is created empty and filled at once; an empty one older than this was left by a crash in between.
const fillingTakesAtMost = 5000;

/**
 * Takes the lock file or says who holds it. The lock of a process that is gone (killed, or the machine restarted)
 * is taken over.
 *
 * @throws RunError when another run is writing the folder; FileWriteError when the folder cannot be written.
 */
export async function takeLock(path: string): Promise<Lock> {
  const own: LockContent = {
    token: randomUUID(),
    pid: process.pid,
    processStart: processStart(process.pid),
    machine: machineHash(),
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await create(path, own)) {
      return {
        release: async () => {
          if ((await read(path))?.token === own.token) await rm(path, { force: true });
        },
      };
    }
    const holder = await read(path);
    if (holder !== undefined && isAlive(holder)) throw new RunError(heldSentence(path, holder));
    if (holder === undefined && (await age(path)) < fillingTakesAtMost) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    await removeStale(path, holder?.token);
  }
  throw new RunError(`Cannot take the lock ${path}; other runs keep taking it. Wait for them and try again.`);
}

async function create(path: string, content: LockContent): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx');
    try {
      await file.writeFile(`${JSON.stringify(content)}\n`);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(dirname(path))).isDirectory()) return false;
    throw new FileWriteError(path, error);
  }
}

async function read(path: string): Promise<LockContent | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function age(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? Number.POSITIVE_INFINITY : Date.now() - found.mtimeMs;
}

/**
 * Two runs may find the same stale lock, and the slower must not remove the new lock of the faster: the file is
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

function isAlive(holder: LockContent): boolean {
  // Nothing can be known of a process on another machine, so its lock is respected.
  if (holder.machine !== machineHash()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  // Process numbers are used again after a restart: the same number with another start is another process.
  const start = processStart(holder.pid);
  return start === '' || holder.processStart === '' || start === holder.processStart;
}

/** Field 22 of /proc/PID/stat with the boot's id; '' where there is no /proc. */
function processStart(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${fields[19] ?? ''}@${boot}`;
  } catch {
    return '';
  }
}

function machineHash(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 16);
}

function heldSentence(path: string, holder: LockContent): string {
  const where = holder.machine === machineHash() ? `process ${holder.pid}` : 'a process on another machine';
  return (
    `Another run is writing this folder (${where}, since ${holder.since}): wait until it ends, choose another --run` +
    ` name, or, if it is certainly gone, delete ${path}.`
  );
}
