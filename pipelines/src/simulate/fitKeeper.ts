import { readFile } from 'node:fs/promises';
import { decodeCheckpoint, encodeCheckpoint } from '@oinr/engines';
import { errorCode, removeOwn, writeFileAtomic } from '@oinr/files';
import type { FitKeeper } from '@oinr/imputation';
import { safeJoin, type UnitJob } from '@oinr/run';

/** The folder of a subject's fits in progress. Ids of subjects hold letters and digits only, so `_fits` is free. */
function fitsFolder(records: string, subject: string): string {
  return safeJoin(records, '_fits', subject);
}

/** Forgets a subject's fits in progress: it is done, or what is left belongs to other options. */
export async function forgetFits(records: string, subject: string): Promise<void> {
  await removeOwn(fitsFolder(records, subject));
}

// At most about a megabyte a second is written: a state has 0.3 MB for `oinr`, 16 MB for the network of the paper.
const secondsPerMegabyte = 1;
const leastSeconds = 1;

/**
 * Keeps the fits of one unit in the run folder, under the fingerprint of the unit, so that a changed input, option or
 * program never goes on with another fit.
 *
 * @throws CheckpointError from `load` for a file that is damaged or of another version.
 */
export function unitFitKeeper(
  records: string,
  subject: string,
  unit: string,
  { fingerprint, note }: Pick<UnitJob, 'fingerprint' | 'note'>,
): (name: string) => FitKeeper {
  return (name) => {
    const file = safeJoin(
      fitsFolder(records, subject),
      `${unit}-${name}-${fingerprint.slice(0, 16)}.safetensors`,
    );
    let written = performance.now();
    let pause = leastSeconds;
    return {
      async load() {
        const bytes = await readFile(file).catch((error: unknown) => {
          if (errorCode(error) === 'ENOENT') return undefined;
          throw error;
        });
        if (bytes === undefined) return undefined;
        const kept = decodeCheckpoint(bytes, `The checkpoint of ${unit} (${file})`);
        note(`the fit of ${unit} goes on after step ${kept.state.step}.`);
        return kept;
      },
      async offer(take, isLast) {
        if (!isLast && performance.now() - written < 1000 * pause) return;
        const bytes = encodeCheckpoint(await take());
        await writeFileAtomic(file, bytes);
        written = performance.now();
        pause = Math.max(leastSeconds, (secondsPerMegabyte * bytes.length) / 1e6);
      },
    };
  };
}
