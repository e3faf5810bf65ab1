import type { GapRun } from './applyOperator.ts';

/** All gaps of one size, as runs of neighbours. */
export interface GapSize {
  /** Distance k of the two kept slices; k - 1 slices are missing between them. */
  readonly every: number;
  readonly runs: readonly GapRun[];
  readonly missing: number;
}

/** The gaps that miss at least one slice, by size; the size with most missing slices first. */
export function gapSizes(kept: readonly number[]): GapSize[] {
  const bySize = new Map<number, GapRun[]>();
  for (let n = 0; n + 1 < kept.length; n++) {
    const every = (kept[n + 1] ?? 0) - (kept[n] ?? 0);
    if (every < 2) continue;
    const runs = bySize.get(every) ?? [];
    const last = runs.at(-1);
    if (last && last.first + last.gaps === n) runs[runs.length - 1] = { ...last, gaps: last.gaps + 1 };
    else runs.push({ first: n, gaps: 1 });
    bySize.set(every, runs);
  }
  return [...bySize]
    .map(([every, runs]) => ({
      every,
      runs,
      missing: runs.reduce((sum, run) => sum + run.gaps, 0) * (every - 1),
    }))
    .sort((a, b) => b.missing - a.missing || a.every - b.every);
}
