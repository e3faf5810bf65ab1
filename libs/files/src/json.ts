import { writeFileAtomic } from './atomic.ts';

/**
 * Writes JSON with two blanks of indent and a final newline, atomically.
 *
 * @throws TypeError for NaN and infinities, which JSON would turn into null; FileWriteError.
 */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, refuseNonFinite, 2)}\n`);
}

function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`JSON cannot hold ${value} (at "${key}").`);
  }
  return value;
}
