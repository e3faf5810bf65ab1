/**
 * The candidate that a mistyped word most probably meant: the one at the smallest edit distance, when that is at
 * most a third of its length (at least one, so that `-k` can be meant by `kk`) or the word is its beginning.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const isBeginning = lower.length >= 3 && candidate.toLowerCase().startsWith(lower);
    const distance = isBeginning ? 0.5 : editDistance(lower, candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(candidate.length / 3));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * ` Did you mean X?`, to stand behind a sentence about a mistyped word; empty where nothing is near. `before` stands in
 * front of what is meant, such as the hyphens of an option.
 */
export function didYouMean(word: string, candidates: readonly string[], before = ''): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '' : ` Did you mean ${before}${guess}?`;
}

/** Levenshtein distance: insertions, deletions and substitutions. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
