// The largest threshold-free cluster enhancement of one tail of one map, exact: TFCE(v) = integral from 0 to T(v) of
// extent(h)^E h^H dh, where extent(h) is the size of v's component among the voxels of height >= h.
// S. M. Smith, T. E. Nichols, NeuroImage 44 (2009).
//
// The extent is constant between successive heights, so the integral is a finite sum in closed form: voxels join
// their components from the highest down, and a component's share is added when it changes. All its voxels gain the
// same from then on, so it is enough to know the gain of its best one.
//
// Joining voxel by voxel would jump about the whole image. Instead every voxel is first given, in file order, to the
// basin of the local maximum that steepest ascent leads to, and the other basins that it touches are written down:
// then the components are unions of basins, a few thousand numbers that stay in the cache.

/** Bytes per basin: float64 gain of its best voxel, float64 primitive at its last change, int32 extent, int32 parent. */
const NODE: usize = 24;
/** Bytes per voxel: int32 basin, int32 another basin that it touches (0: none), where more of them are, how many. */
const RECORD: usize = 16;
const DIGIT_BITS: u32 = 11;
const DIGITS: u32 = 1 << DIGIT_BITS;

/** Root of a basin; halves the path on the way. */
function findRoot(nodes: usize, basin: i32): i32 {
  let at = basin;
  while (true) {
    const here = nodes + <usize>at * NODE;
    const parent = load<i32>(here, 20);
    if (parent == at) return at;
    const grandparent = load<i32>(nodes + <usize>parent * NODE, 20);
    if (grandparent == parent) return parent;
    store<i32>(here, grandparent, 20);
    at = grandparent;
  }
  return at;
}

/** Adds to a component what its voxels gain between its last change and this height. */
function settle(node: usize, primitive: f64, powers: usize): void {
  const last = load<f64>(node, 8);
  if (last > primitive) {
    const extent = load<i32>(node, 16);
    store<f64>(node, load<f64>(node) + load<f64>(powers + ((<usize>extent) << 3)) * (last - primitive));
    store<f64>(node, primitive, 8);
  }
}

/** Integral of h^2 up to a height, or the sum of h^2 * step over the steps up to it. */
function primitiveOf(height: f64, step: f64): f64 {
  if (step > 0) {
    const steps = floor(height / step);
    return (step * step * step * steps * (steps + 1) * (2 * steps + 1)) / 6;
  }
  return (height * height * height) / 3;
}

/** Keys (bits of positive float32) and places sorted from the highest down: `count` pairs of u32, three passes. */
function sortDescending(pairs: usize, spare: usize, count: i32, histogram: usize): usize {
  let from = pairs;
  let to = spare;
  for (let pass: u32 = 0; pass < 3; pass++) {
    const shift = pass * DIGIT_BITS;
    memory.fill(histogram, 0, (<usize>DIGITS) << 2);
    const end = from + ((<usize>count) << 3);
    for (let at = from; at < end; at += 8) {
      const slot = histogram + (((load<u32>(at) >> shift) & (DIGITS - 1)) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
    }
    let position: u32 = 0;
    for (let digit = <i32>DIGITS - 1; digit >= 0; digit--) {
      const slot = histogram + ((<usize>digit) << 2);
      const here = load<u32>(slot);
      store<u32>(slot, position);
      position += here;
    }
    for (let at = from; at < end; at += 8) {
      const pair = load<u64>(at);
      const slot = histogram + (((<u32>pair >> shift) & (DIGITS - 1)) << 2);
      const index = load<u32>(slot);
      store<u32>(slot, index + 1);
      store<u64>(to + ((<usize>index) << 3), pair);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/** Joins a touching basin to the component gathered so far; returns the root of both. */
function join(basin: i32, root: i32, primitive: f64, nodes: usize, powers: usize): i32 {
  const other = findRoot(nodes, basin);
  if (other == root) return root;
  const node = nodes + <usize>root * NODE;
  const otherNode = nodes + <usize>other * NODE;
  settle(node, primitive, powers);
  settle(otherNode, primitive, powers);
  const extent = load<i32>(node, 16);
  const otherExtent = load<i32>(otherNode, 16);
  const gain = max(load<f64>(node), load<f64>(otherNode));
  const joined = extent + otherExtent;
  // The smaller component joins the larger.
  if (otherExtent > extent) {
    store<i32>(node, other, 20);
    store<i32>(otherNode, joined, 16);
    store<f64>(otherNode, gain);
    return other;
  }
  store<i32>(otherNode, root, 20);
  store<i32>(node, joined, 16);
  store<f64>(node, gain);
  return root;
}

/**
 * heights: float32 per voxel (T; Infinity is allowed, NaN is left out). negative: 1 for the tail of -T.
 * placeOfVoxel: int32 per voxel, its place in a grid that is padded on every side.
 * keys: u32 per place, 0 at the padding on entry. basins: int32 per place.
 * records: RECORD bytes per voxel. touching: 4 int32 per voxel. nodes: NODE bytes per voxel and one.
 * pairs, spare: 8 bytes per voxel each. histogram: 8 kB.
 * powers: float64 per extent 0 .. voxels, extent^E.
 * strideY, strideZ: distance of the neighbours along y and z (along x it is 1).
 * step: 0 for the exact integral, else the step of the sum. Returns the largest TFCE.
 */
export function tfceMaximum(
  heights: usize,
  voxels: i32,
  negative: i32,
  placeOfVoxel: usize,
  keys: usize,
  basins: usize,
  records: usize,
  touching: usize,
  nodes: usize,
  pairs: usize,
  spare: usize,
  histogram: usize,
  powers: usize,
  strideY: i32,
  strideZ: i32,
  step: f64,
): f64 {
  const alongY = (<usize>strideY) << 2;
  const alongZ = (<usize>strideZ) << 2;
  const flip: u32 = negative ? 0x80000000 : 0;
  // Keys grow with the height. Voxels outside the tail keep 0.
  let count = 0;
  for (let voxel = 0; voxel < voxels; voxel++) {
    const key = load<u32>(heights + ((<usize>voxel) << 2)) ^ flip;
    const place = load<i32>(placeOfVoxel + ((<usize>voxel) << 2));
    // Positive numbers up to Infinity; zero, negative numbers and NaN fall outside.
    const inside = <i32>(key - 1 < 0x7f800000);
    store<u32>(keys + ((<usize>place) << 2), inside ? key : 0);
    const pair = pairs + ((<usize>count) << 3);
    store<u32>(pair, key);
    store<i32>(pair, place, 4);
    count += inside;
  }
  const end = pairs + ((<usize>count) << 3);
  // Steepest ascent: each voxel points at its highest neighbour that comes before it in the order of the sort
  // (higher, or as high and earlier in the file).
  for (let at = pairs; at < end; at += 8) {
    const place = load<i32>(at, 4);
    const here = keys + ((<usize>place) << 2);
    let best = load<u32>(at);
    let up = place;
    let key = load<u32>(here - alongZ);
    let better = key >= best;
    best = better ? key : best;
    up = better ? place - strideZ : up;
    key = load<u32>(here - alongY);
    better = key > best || (key == best && up == place);
    best = better ? key : best;
    up = better ? place - strideY : up;
    key = load<u32>(here - 4);
    better = key > best || (key == best && up == place);
    best = better ? key : best;
    up = better ? place - 1 : up;
    key = load<u32>(here, 4);
    better = key > best;
    best = better ? key : best;
    up = better ? place + 1 : up;
    key = load<u32>(here + alongY);
    better = key > best;
    best = better ? key : best;
    up = better ? place + strideY : up;
    key = load<u32>(here + alongZ);
    better = key > best;
    up = better ? place + strideZ : up;
    // Negative: not yet known which basin; the place to go on from.
    store<i32>(basins + ((<usize>place) << 2), -up);
  }
  let basinCount = 0;
  for (let at = pairs; at < end; at += 8) {
    const place = load<i32>(at, 4);
    let walker = place;
    let next = load<i32>(basins + ((<usize>walker) << 2));
    while (next < 0 && -next != walker) {
      walker = -next;
      next = load<i32>(basins + ((<usize>walker) << 2));
    }
    let basin = next;
    if (next < 0) {
      basin = ++basinCount;
      store<i32>(basins + ((<usize>walker) << 2), basin);
      const node = nodes + <usize>basin * NODE;
      store<f64>(node, 0);
      store<i32>(node, 0, 16);
      store<i32>(node, basin, 20);
    }
    walker = place;
    next = load<i32>(basins + ((<usize>walker) << 2));
    while (next < 0) {
      store<i32>(basins + ((<usize>walker) << 2), basin);
      walker = -next;
      next = load<i32>(basins + ((<usize>walker) << 2));
    }
  }
  // Which other basins a voxel touches among its earlier neighbours.
  let more = touching;
  let record = records;
  for (let at = pairs; at < end; at += 8) {
    const own = load<u32>(at);
    const place = (<usize>load<i32>(at, 4)) << 2;
    const here = keys + place;
    const basinHere = basins + place;
    const basin = load<i32>(basinHere);
    let first = 0;
    const start = more;
    // The neighbours' basins are compared before their heights: most voxels touch no other basin.
    let other = load<i32>(basinHere - alongZ);
    if (other != basin && load<u32>(here - alongZ) >= own) first = other;
    other = load<i32>(basinHere - alongY);
    if (other != basin && other != first && load<u32>(here - alongY) >= own) {
      store<i32>(more, first);
      more += first != 0 ? 4 : 0;
      first = other;
    }
    other = load<i32>(basinHere - 4);
    if (other != basin && other != first && load<u32>(here - 4) >= own) {
      store<i32>(more, first);
      more += first != 0 ? 4 : 0;
      first = other;
    }
    other = load<i32>(basinHere, 4);
    if (other != basin && other != first && load<u32>(here, 4) > own) {
      store<i32>(more, first);
      more += first != 0 ? 4 : 0;
      first = other;
    }
    other = load<i32>(basinHere + alongY);
    if (other != basin && other != first && load<u32>(here + alongY) > own) {
      store<i32>(more, first);
      more += first != 0 ? 4 : 0;
      first = other;
    }
    other = load<i32>(basinHere + alongZ);
    if (other != basin && other != first && load<u32>(here + alongZ) > own) {
      store<i32>(more, first);
      more += first != 0 ? 4 : 0;
      first = other;
    }
    store<i32>(record, basin);
    store<i32>(record, first, 4);
    store<i32>(record, <i32>(start - touching), 8);
    store<i32>(record, <i32>(more - start), 12);
    // From here on the pair names the voxel's record.
    store<i32>(at, <i32>(record - records), 4);
    record += RECORD;
  }
  const sorted = sortDescending(pairs, spare, count, histogram);
  const sortedEnd = sorted + ((<usize>count) << 3);
  for (let at = sorted; at < sortedEnd; at += 8) {
    const primitive = primitiveOf(<f64>reinterpret<f32>(load<u32>(at)), step);
    record = records + <usize>load<i32>(at, 4);
    const basin = load<i32>(record);
    let root = findRoot(nodes, basin);
    let node = nodes + <usize>root * NODE;
    if (load<i32>(node, 16) == 0) {
      // The local maximum itself: its basin begins.
      store<f64>(node, primitive, 8);
      store<i32>(node, 1, 16);
      continue;
    }
    const first = load<i32>(record, 4);
    if (first != 0) {
      root = join(first, root, primitive, nodes, powers);
      const listEnd = touching + <usize>(load<i32>(record, 8) + load<i32>(record, 12));
      for (let other = touching + <usize>load<i32>(record, 8); other < listEnd; other += 4) {
        root = join(load<i32>(other), root, primitive, nodes, powers);
      }
      node = nodes + <usize>root * NODE;
    }
    settle(node, primitive, powers);
    store<i32>(node, load<i32>(node, 16) + 1, 16);
  }
  let best: f64 = 0;
  for (let basin = 1; basin <= basinCount; basin++) {
    const node = nodes + <usize>basin * NODE;
    if (load<i32>(node, 20) == basin) {
      settle(node, 0, powers);
      best = max(best, load<f64>(node));
    }
  }
  return best;
}
