/**
 * How far a place along the slice axis lies from the nearest kept slice, in slices.
 *
 * @param kept numbers of the kept slices, ascending; at least one.
 * @param place in slices: whole numbers are slices, others lie between two.
 */
export function slicesToKept(kept: ArrayLike<number>, place: number): number {
  let [low, high] = [0, kept.length];
  // The first kept slice that is not before the place.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle] < place) low = middle + 1;
    else high = middle;
  }
  const after = low < kept.length ? kept[low] - place : Number.POSITIVE_INFINITY;
  const before = low > 0 ? place - kept[low - 1] : Number.POSITIVE_INFINITY;
  return Math.min(before, after);
}
