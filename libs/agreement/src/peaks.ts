/** One row of a cluster table: a local maximum of a statistic map. */
export interface Peak {
  /** Signed T. */
  readonly t: number;
  /** World coordinates, RAS+ mm. */
  readonly position: readonly [number, number, number];
}

/** A line of two tables side by side: a pair, or a peak that the other table lacks. */
export interface PeakMatch<Row extends Peak> {
  readonly reference?: Row;
  readonly candidate?: Row;
  /** Distance of the pair in mm. */
  readonly distance?: number;
}

/**
 * Lays two cluster tables side by side (the paper's Fig. 18): peaks of the same sign are paired one to one, the
 * closest pair first, up to `limit` mm; what finds no partner stands alone. The lines keep the order of the
 * reference table; unmatched candidates follow in theirs. Equal distances go by table order.
 */
export function matchPeaks<Row extends Peak>(
  reference: readonly Row[],
  candidate: readonly Row[],
  limit: number,
): PeakMatch<Row>[] {
  const pairs: { r: number; c: number; distance: number }[] = [];
  reference.forEach((one, r) => {
    candidate.forEach((other, c) => {
      const distance = Math.hypot(
        one.position[0] - other.position[0],
        one.position[1] - other.position[1],
        one.position[2] - other.position[2],
      );
      if (Math.sign(one.t) === Math.sign(other.t) && distance <= limit) pairs.push({ r, c, distance });
    });
  });
  // The sort is stable, so ties stay in table order.
  pairs.sort((one, other) => one.distance - other.distance);
  const partner = new Map<number, { c: number; distance: number }>();
  const taken = new Set<number>();
  for (const { r, c, distance } of pairs) {
    if (partner.has(r) || taken.has(c)) continue;
    partner.set(r, { c, distance });
    taken.add(c);
  }
  const lines: PeakMatch<Row>[] = reference.map((one, r) => {
    const match = partner.get(r);
    const other = match && candidate[match.c];
    return match && other
      ? { reference: one, candidate: other, distance: match.distance }
      : { reference: one };
  });
  candidate.forEach((other, c) => {
    if (!taken.has(c)) lines.push({ candidate: other });
  });
  return lines;
}
