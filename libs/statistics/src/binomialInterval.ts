import jstat from 'jstat';

const { jStat } = jstat;

/**
 * Clopper and Pearson's interval (Biometrika 26, 1934) of a binomial proportion: `count` of `total`, covering with
 * at least `confidence`. Returns [low, high].
 */
export function binomialInterval(count: number, total: number, confidence = 0.95): [number, number] {
  const tail = (1 - confidence) / 2;
  return [
    count <= 0 ? 0 : jStat.beta.inv(tail, count, total - count + 1),
    count >= total ? 1 : jStat.beta.inv(1 - tail, count + 1, total - count),
  ];
}

/**
 * The counts whose interval contains alpha: a p of such a count may lie on the other side of alpha with more
 * relabelings. Returns the first and last such count (an empty range where first > last).
 */
export function countsThatStraddle(
  alpha: number,
  total: number,
  confidence = 0.95,
): { readonly first: number; readonly last: number } {
  // The bounds grow with the count, so both ends are found by bisection.
  const firstWhere = (holds: (count: number) => boolean) => {
    let low = 0;
    let high = total + 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const first = firstWhere(
    (count) => count > total || binomialInterval(count, total, confidence)[1] >= alpha,
  );
  const after = firstWhere((count) => count > total || binomialInterval(count, total, confidence)[0] > alpha);
  return { first, last: after - 1 };
}
