/** A part of a run of gaps that is computed at once; of what it gives, gaps keep[0] .. keep[1] - 1 of the run are used. */
export interface GapSlab {
  /** Its first gap, counted in the run. */
  readonly from: number;
  readonly gaps: number;
  readonly keep: readonly [from: number, to: number];
}

/**
 * Cuts a run of gaps into slabs of one size, at most `most` where that is possible. Slabs overlap by what gaps influence
 * each other through (`reach` on both sides), so that what is kept is the same as if all were computed at once.
 */
export function gapSlabs(gaps: number, reach: number, most: number): GapSlab[] {
  if (gaps <= most) return [{ from: 0, gaps, keep: [0, gaps] }];
  const parts = Math.ceil(gaps / Math.max(1, most - 2 * reach));
  const bounds = Array.from({ length: parts + 1 }, (_, n) => Math.round((n * gaps) / parts));
  const kept = Math.max(...bounds.slice(1).map((bound, n) => bound - bounds[n]));
  const size = Math.min(gaps, kept + 2 * reach);
  return bounds.slice(1).map((to, n) => ({
    from: Math.min(Math.max(0, bounds[n] - reach), gaps - size),
    gaps: size,
    keep: [bounds[n], to],
  }));
}
