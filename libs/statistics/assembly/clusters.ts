// Connected components among the few voxels of a map beyond a threshold. Voxels are given by their places in a padded
// grid (src/maskGrid.ts), ascending. Voxels that follow each other in a row of the image and lie in the same tail make
// a run; runs are joined by union-find with those in the neighbouring rows, which are met by going through the list of
// runs twice, a row and a slice behind. So the image itself is never looked at, and all that is stays in the first cache.
// Whether a voxel begins a run or a run is a root is unpredictable: such choices are made without branches.

/** Bytes per run: int32 first place, last place, tail (1 where positive), parent, number of its first voxel, extent; float64 sum. */
const RUN: usize = 32;
const END: usize = 4;
const TAIL: usize = 8;
const PARENT: usize = 12;
const FIRST: usize = 16;
const EXTENT: usize = 20;
const SUM: usize = 24;

/**
 * T of scores r = score / scale, one by one as `tOfCorrelation` computes it: infinite at |r| = 1. `scores` are int32, or
 * float64 where `isInteger` is not set; `t` receives float64. Returns whether some r^2 is above `limit`.
 */
export function tOfScores(
  scores: usize,
  isInteger: bool,
  count: i32,
  scale: f64,
  degreesOfFreedom: f64,
  limit: f64,
  t: usize,
): bool {
  const end = t + ((<usize>count) << 3);
  let from = scores;
  let isAbove: bool = false;
  for (let to = t; to < end; to += 8) {
    let score: f64;
    if (isInteger) {
      score = <f64>load<i32>(from);
      from += 4;
    } else {
      score = load<f64>(from);
      from += 8;
    }
    const r = score / scale;
    const rest = (1 - r) * (1 + r);
    isAbove = isAbove || r * r > limit;
    store<f64>(to, rest <= 0 ? copysign<f64>(Infinity, r) : r * sqrt<f64>(degreesOfFreedom / rest));
  }
  return isAbove;
}

/**
 * Two ascending lists of places (int32) with values (float64) become one. `places` and `values` hold the first list and,
 * right behind it, the second; the result goes to `toPlaces` and `toValues`.
 */
export function mergeLists(
  places: usize,
  values: usize,
  firstCount: i32,
  secondCount: i32,
  toPlaces: usize,
  toValues: usize,
): void {
  let one = 0;
  let other = firstCount;
  const total = firstCount + secondCount;
  let to = 0;
  while (one < firstCount && other < total) {
    const isOther = load<i32>(places + ((<usize>other) << 2)) < load<i32>(places + ((<usize>one) << 2));
    const from = select<i32>(other, one, isOther);
    store<i32>(toPlaces + ((<usize>to) << 2), load<i32>(places + ((<usize>from) << 2)));
    store<f64>(toValues + ((<usize>to) << 3), load<f64>(values + ((<usize>from) << 3)));
    other += <i32>isOther;
    one += 1 - <i32>isOther;
    to++;
  }
  const from = one < firstCount ? one : other;
  const left = total - to;
  memory.copy(toPlaces + ((<usize>to) << 2), places + ((<usize>from) << 2), (<usize>left) << 2);
  memory.copy(toValues + ((<usize>to) << 3), values + ((<usize>from) << 3), (<usize>left) << 3);
}

function rootOf(runs: usize, start: i32): i32 {
  let at = start;
  let parent = load<i32>(runs + <usize>at * RUN, PARENT);
  while (parent != at) {
    const grandparent = load<i32>(runs + <usize>parent * RUN, PARENT);
    store<i32>(runs + <usize>at * RUN, grandparent, PARENT);
    at = grandparent;
    parent = load<i32>(runs + <usize>at * RUN, PARENT);
  }
  return at;
}

/** The earlier root stays, so that a component is named by its first voxel. */
function join(runs: usize, one: i32, other: i32): void {
  const a = rootOf(runs, one);
  const b = rootOf(runs, other);
  store<i32>(runs + <usize>max(a, b) * RUN, min(a, b), PARENT);
}

/** Joins every run with those of its tail in the earlier rows of one slice: int32 distance and reach of each. */
function joinSlice(runs: usize, count: i32, rows: usize, rowCount: i32): void {
  const lastRow = rows + ((<usize>(rowCount - 1)) << 3);
  const nearestOf = load<i32>(rows) - load<i32>(rows, 4);
  const farthestOf = load<i32>(lastRow) + load<i32>(lastRow, 4);
  let head = runs;
  const end = runs + <usize>count * RUN;
  for (let run = runs + RUN; run < end; run += RUN) {
    const begin = load<i32>(run);
    const last = load<i32>(run, END);
    const nearest = begin + nearestOf;
    const farthest = last + farthestOf;
    // Both loops end before the run itself, which lies beyond.
    while (load<i32>(head, END) < nearest) head += RUN;
    for (let other = head; load<i32>(other) <= farthest; other += RUN) {
      const from = load<i32>(other);
      const to = load<i32>(other, END);
      let touches = 0;
      for (let row = rows; row <= lastRow; row += 8) {
        const distance = load<i32>(row);
        const reach = load<i32>(row, 4);
        touches |= <i32>(to >= begin + distance - reach) & <i32>(from <= last + distance + reach);
      }
      if (touches & <i32>(load<i32>(run, TAIL) == load<i32>(other, TAIL))) {
        join(runs, <i32>((run - runs) / RUN), <i32>((other - runs) / RUN));
      }
    }
  }
}

/**
 * Components of `count` voxels, those with positive and with negative values (float64) apart.
 * rows: the neighbouring rows that come earlier in file order, int32 distance and reach: first `sameSlice` rows of the
 * same slice, then `earlierSlice` rows of the slice before, each in file order.
 * runs: room for RUN bytes per voxel. Every run's parent is its component's first run; its sum is that of
 * |value| - threshold over its voxels, in their order. Returns the number of runs.
 */
export function findRuns(
  places: usize,
  values: usize,
  count: i32,
  threshold: f64,
  rows: usize,
  sameSlice: i32,
  earlierSlice: i32,
  runs: usize,
): i32 {
  if (count == 0) return 0;
  let run: i32 = -1;
  let next: i32 = -1;
  let tailBefore: i32 = -1;
  let begin: i32 = 0;
  let first: i32 = 0;
  let sum: f64 = 0;
  for (let i = 0; i < count; i++) {
    const place = load<i32>(places + ((<usize>i) << 2));
    const value = load<f64>(values + ((<usize>i) << 3));
    const tail = <i32>(value > 0);
    const isNew = <i32>(place != next) | <i32>(tail != tailBefore);
    run += isNew;
    begin = select<i32>(place, begin, isNew);
    first = select<i32>(i, first, isNew);
    sum = select<f64>(0, sum, isNew) + (abs<f64>(value) - threshold);
    next = place + 1;
    tailBefore = tail;
    const at = runs + <usize>run * RUN;
    store<i32>(at, begin);
    store<i32>(at, place, END);
    store<i32>(at, tail, TAIL);
    store<i32>(at, run, PARENT);
    store<i32>(at, first, FIRST);
    store<i32>(at, i - first + 1, EXTENT);
    store<f64>(at, sum, SUM);
  }
  const found = run + 1;
  joinSlice(runs, found, rows, sameSlice);
  joinSlice(runs, found, rows + ((<usize>sameSlice) << 3), earlierSlice);
  // A parent comes before its run, so by then it names its root.
  const end = runs + <usize>found * RUN;
  for (let at = runs; at < end; at += RUN) {
    store<i32>(at, load<i32>(runs + <usize>load<i32>(at, PARENT) * RUN, PARENT), PARENT);
  }
  return found;
}

/** For every voxel of the list the number of its component's first voxel, int32, from what `findRuns` left. */
export function firstVoxels(runs: usize, found: i32, roots: usize): void {
  const end = runs + <usize>found * RUN;
  let to = roots;
  for (let at = runs; at < end; at += RUN) {
    const root = load<i32>(runs + <usize>load<i32>(at, PARENT) * RUN, FIRST);
    for (let left = load<i32>(at, EXTENT); left > 0; left--, to += 4) store<i32>(to, root);
  }
}

/**
 * The largest of the components that `findRuns` left, whose extents and sums are added up in their first runs: `maxima` receives the extent in voxels of the
 * positive and of the negative tail, then the sum of each, four float64; 0 where a tail has none.
 */
export function largestComponents(runs: usize, found: i32, maxima: usize): void {
  let extentGt: i32 = 0;
  let extentLt: i32 = 0;
  let sumGt: f64 = 0;
  let sumLt: f64 = 0;
  const end = runs + <usize>found * RUN;
  for (let at = runs; at < end; at += RUN) {
    const root = runs + <usize>load<i32>(at, PARENT) * RUN;
    const isOther = <i32>(root != at);
    const extent = load<i32>(at, EXTENT) + select<i32>(load<i32>(root, EXTENT), 0, isOther);
    const sum = load<f64>(at, SUM) + select<f64>(load<f64>(root, SUM), 0, isOther);
    store<i32>(root, extent, EXTENT);
    store<f64>(root, sum, SUM);
    // A component still growing is smaller than it will be, so it may take part.
    const isPositive = load<i32>(at, TAIL);
    extentGt = max(extentGt, select<i32>(extent, 0, isPositive));
    extentLt = max(extentLt, select<i32>(0, extent, isPositive));
    sumGt = max<f64>(sumGt, select<f64>(sum, 0, isPositive));
    sumLt = max<f64>(sumLt, select<f64>(0, sum, isPositive));
  }
  store<f64>(maxima, <f64>extentGt);
  store<f64>(maxima, <f64>extentLt, 8);
  store<f64>(maxima, sumGt, 16);
  store<f64>(maxima, sumLt, 24);
}
