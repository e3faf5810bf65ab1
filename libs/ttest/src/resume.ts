import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, mapLimited } from '@oinr/files';
import type { TestCheckpoint } from '@oinr/statistics';
import { readArrays, writeArrays } from './arraysFile.ts';
import type { TTestRequest } from './request.ts';

/** Changes whenever a checkpoint of an older program must not be continued. */
const format = 'oinr-ttest-checkpoint-2';

/** The folder for what is needed to resume, and for results until all of them are there. */
export function resumeFolder(out: string): string {
  return join(out, '.resume', 'ttest');
}

/**
 * A name for exactly this computation: the options that change numbers, the texts of the tables, and the bytes of every
 * image. A checkpoint is continued only under the same name.
 */
export async function requestFingerprint(
  request: TTestRequest,
  files: readonly string[],
  details: unknown,
): Promise<string> {
  const hash = createHash('sha256');
  // Threads, what maps hold outside the mask and labels of regions change no number; the output folder holds the checkpoint itself.
  const {
    out: _out,
    threads: _threads,
    atlas: _atlas,
    atlasNames: _names,
    alpha: _alpha,
    outside: _outside,
    ...computing
  } = request;
  hash.update(JSON.stringify([format, computing, details]));
  for (const file of [request.mask, ...(request.labelings ? [request.labelings] : [])]) {
    hash.update(await readFile(file));
  }
  const images = await mapLimited(files, 8, hashFile);
  hash.update(JSON.stringify([files, images]));
  return hash.digest('hex');
}

/** Writes a checkpoint so that the file is whole at any time. */
export async function saveCheckpoint(
  out: string,
  fingerprint: string,
  { done, ...arrays }: TestCheckpoint,
): Promise<void> {
  await writeArrays(checkpointFile(out), { about: { format, fingerprint, done }, arrays });
}

/** The checkpoint of this computation; undefined where there is none, or it belongs to another or is damaged. */
export async function loadCheckpoint(
  out: string,
  fingerprint: string,
): Promise<{ readonly checkpoint?: TestCheckpoint; readonly note?: string }> {
  const path = checkpointFile(out);
  const found = await readArrays(path).catch(() => 'none' as const);
  if (found === 'none') return {};
  if (found === undefined) return { note: `${path} is damaged; starting from the beginning.` };
  const about = Object(found.about) as { format: string; fingerprint: string; done: number };
  if (about.format !== format || about.fingerprint !== fingerprint) {
    return { note: `${path} belongs to a run with other inputs or options; starting from the beginning.` };
  }
  // A file of this format has these arrays.
  return { checkpoint: { ...(found.arrays as Omit<TestCheckpoint, 'done'>), done: about.done } };
}

function checkpointFile(out: string): string {
  return join(resumeFolder(out), 'checkpoint');
}
