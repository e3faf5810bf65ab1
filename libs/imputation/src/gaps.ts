/** Neighbouring gaps of one size: gap n lies between the kept slices n and n + 1, n = first .. first + gaps - 1. */
export interface GapRun {
  readonly first: number;
  readonly gaps: number;
}

/** All gaps of one size. */
export interface GapSize {
  /** Distance of the two kept slices, in slices of the full grid; one less are missing between them. */
  readonly every: number;
  readonly runs: readonly GapRun[];
  /** Number of slices that are missing in all of them. */
  readonly missing: number;
}

/** The gaps that miss at least one slice, by size, in the order in which sizes first appear. */
export function gapSizes(kept: readonly number[]): GapSize[] {
  const bySize = new Map<number, GapRun[]>();
  for (let n = 0; n + 1 < kept.length; n++) {
    const every = kept[n + 1] - kept[n];
    if (every < 2) continue;
    const runs = bySize.get(every) ?? [];
    const last = runs.at(-1);
    if (last && last.first + last.gaps === n) runs[runs.length - 1] = { ...last, gaps: last.gaps + 1 };
    else runs.push({ first: n, gaps: 1 });
    bySize.set(every, runs);
  }
  return [...bySize].map(([every, runs]) => ({
    every,
    runs,
    missing: runs.reduce((sum, run) => sum + run.gaps, 0) * (every - 1),
  }));
}

/** The numbers of all gaps of one size. */
export function gapsOf({ runs }: GapSize): number[] {
  return runs.flatMap(({ first, gaps }) => Array.from({ length: gaps }, (_, n) => first + n));
}

/** The size with most missing slices, of equal ones the first to appear; undefined where no slice is missing. */
export function commonestGap(kept: readonly number[]): number | undefined {
  let most: GapSize | undefined;
  for (const size of gapSizes(kept)) if (!most || size.missing > most.missing) most = size;
  return most?.every;
}
