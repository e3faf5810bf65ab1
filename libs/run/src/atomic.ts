import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asWriteError } from './errors.ts';

let counter = 0;

/** The name of a file while it is being written: hidden, in the same folder, so that rename never copies. */
export function partialName(path: string): string {
  counter += 1;
  return join(dirname(path), `.${basename(path)}.${process.pid}-${counter}.partial`);
}

const partialPattern = /^\..+\.\d+-\d+\.partial$/;

/**
 * Writes a file that is either there as a whole or not at all: a temporary file in the same folder, flushed to the
 * disk, then renamed. Creates the folder.
 *
 * @throws RunError in one sentence (no space, no permission); the temporary file is removed.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await publish(path, async (partial) => {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  });
}

/**
 * Lets `produce` write a temporary file and renames it to `path` once it is on the disk. For writers that want a
 * path of their own; nothing appears at `path` before it is whole.
 */
export async function publish(path: string, produce: (partial: string) => Promise<void>): Promise<void> {
  const partial = partialName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await produce(partial);
    await flush(partial);
    await rename(partial, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw asWriteError(error, path);
  }
}

/** Writes JSON with two blanks of indent and a final newline, atomically. Values that JSON cannot hold are an error. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(value, refuseNonFinite, 2)}\n`);
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`JSON cannot hold ${value} (at "${key}").`);
  }
  return value;
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

// The rename itself lives in the folder. Some systems cannot open folders; then the rename is as safe as it gets.
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Removes what an interrupted writer left anywhere below a folder. Call it only while holding the folder's lock. */
export async function removePartials(folder: string): Promise<number> {
  let removed = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removed += await removePartials(path);
    else if (partialPattern.test(entry.name)) {
      await rm(path, { force: true });
      removed += 1;
    }
  }
  return removed;
}
