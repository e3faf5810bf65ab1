import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@oinr/files';
import type { Checkpoint } from '@oinr/statistics';
import type { TTestRequest } from './request.ts';

/** Changes whenever a checkpoint of an older program must not be continued. */
const format = 'oinr-ttest-checkpoint-1';

/** The folder for what is needed to resume. */
export function resumeFolder(out: string): string {
  return join(out, '.resume');
}

/**
 * A name for exactly this computation: the options that change numbers, the texts of the tables, and size and time
 * of every image. A checkpoint is continued only under the same name.
 */
export async function requestFingerprint(
  request: TTestRequest,
  files: readonly string[],
  details: unknown,
): Promise<string> {
  const hash = createHash('sha256');
  // Threads and labels of regions change no number; the output folder holds the checkpoint itself.
  const {
    out: _out,
    threads: _threads,
    atlas: _atlas,
    atlasNames: _names,
    alpha: _alpha,
    ...computing
  } = request;
  hash.update(JSON.stringify([format, computing, details]));
  for (const file of [request.mask, ...(request.labelings ? [request.labelings] : [])]) {
    hash.update(await readFile(file));
  }
  for (const file of files) {
    const { size, mtimeMs } = await stat(file);
    hash.update(JSON.stringify([file, size, mtimeMs]));
  }
  return hash.digest('hex');
}

const arrays = ['counts', 'extremes', 'clusterNull', 'tfceNull'] as const;

/** Writes a checkpoint so that the file is whole at any time. */
export async function saveCheckpoint(
  out: string,
  fingerprint: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const lengths = arrays.map((name) => checkpoint[name].length);
  const header = Buffer.from(`${JSON.stringify({ format, fingerprint, done: checkpoint.done, lengths })}\n`);
  const pieces = arrays.map((name) => {
    const { buffer, byteOffset, byteLength } = checkpoint[name];
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  await writeFileAtomic(join(resumeFolder(out), 'checkpoint'), [header, ...pieces, hash.digest()]);
}

/** The checkpoint of this computation; undefined where there is none, or it belongs to another or is damaged. */
export async function loadCheckpoint(
  out: string,
  fingerprint: string,
): Promise<{ readonly checkpoint?: Checkpoint; readonly note?: string }> {
  const path = join(resumeFolder(out), 'checkpoint');
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return {};
  }
  const start = bytes.indexOf(10) + 1;
  try {
    const header = JSON.parse(bytes.subarray(0, start).toString());
    if (header.format !== format || header.fingerprint !== fingerprint) {
      return { note: `${path} belongs to a run with other inputs or options; starting from the beginning.` };
    }
    const [counts, extremes, clusterNull, tfceNull] = header.lengths;
    const body = bytes.subarray(start, -32);
    const sum = createHash('sha256').update(body).digest();
    if (!sum.equals(bytes.subarray(-32))) throw new Error('checksum');
    let at = 0;
    const take = (length: number) => {
      const part = body.subarray(at, at + length);
      at += length;
      // A copy begins at a multiple of 8 bytes.
      return Uint8Array.from(part).buffer;
    };
    return {
      checkpoint: {
        done: header.done,
        counts: new Uint32Array(take(4 * counts)),
        extremes: new Float64Array(take(8 * extremes)),
        clusterNull: new Float64Array(take(8 * clusterNull)),
        tfceNull: new Float64Array(take(8 * tfceNull)),
      },
    };
  } catch {
    return { note: `${path} is damaged; starting from the beginning.` };
  }
}

/** Removes what was kept to resume. */
export async function removeResume(out: string): Promise<void> {
  await rm(resumeFolder(out), { recursive: true, force: true });
}
