import { fingerprint } from '../fingerprint.ts';
import type { Manifest } from '../manifest.ts';
import type { FinishedUnit, Unit } from './unit.ts';

/** Where a unit is done and recorded, and who hears of it. */
export interface UnitPlace {
  readonly manifest: Manifest;
  /** Version of the code that does it; see codeVersion. */
  readonly code: string;
  readonly signal: AbortSignal;
  /** What is being done, by words, share and loss; at most five times a second. */
  onActivity(what: string, share?: number, loss?: number): void;
  note(text: string): void;
}

/**
 * Does one unit, or finds that an earlier run has done it from the same inputs and code.
 *
 * @throws whatever the unit throws; then nothing is recorded.
 */
export async function doUnit<Row>(
  unit: Unit<Row>,
  { manifest, code, signal, onActivity, note }: UnitPlace,
): Promise<FinishedUnit<Row>> {
  const { name, kind, what } = unit;
  const began = performance.now();
  const identity = fingerprint({ inputs: await unit.inputs(), code });
  const kept = await manifest.finished<Row>(name, identity);
  if (kept !== undefined && (unit.isEnough?.(kept.result) ?? true))
    return {
      ...{ name, kind, fingerprint: identity, row: kept.result, outputs: kept.outputs },
      ...{ isReused: true, seconds: 0 },
    };
  onActivity(what);
  const { row, outputs } = await unit.run({
    fingerprint: identity,
    signal,
    onProgress: throttled((share, loss) => onActivity(what, share, loss)),
    note,
    write: (results, write) => manifest.results.writeTogether(results, write),
  });
  await manifest.record(name, identity, outputs, row);
  const seconds = (performance.now() - began) / 1000;
  return { name, kind, fingerprint: identity, row, outputs, isReused: false, seconds };
}

const activityInterval = 200;

/** Lets through at most one call in 200 ms: training steps are shorter than anyone can read. */
function throttled(tell: (share: number, loss?: number) => void): (share: number, loss?: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (share, loss) => {
    const now = performance.now();
    if (now - last < activityInterval) return;
    last = now;
    tell(share, loss);
  };
}
