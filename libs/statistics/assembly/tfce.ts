// The largest threshold-free cluster enhancement of one tail of one map, exact: TFCE(v) = integral from 0 to T(v) of
// extent(h)^E h^H dh, where extent(h) is the size of v's component among the voxels of height >= h.
// The extent is constant between successive heights, so the integral is a finite sum in closed form: voxels are
// visited from the highest down and joined by union-find, and a component's share is added when it changes. All its
// voxels gain the same from then on, so it is enough to know the gain of its best one.
// S. M. Smith, T. E. Nichols, NeuroImage 44 (2009).

/** Bytes per component: float64 gain of its best voxel, float64 primitive at its last change, int32 extent. */
const NODE: usize = 24;
const DIGIT_BITS: u32 = 11;
const DIGITS: u32 = 1 << DIGIT_BITS;

/** Root of a place of the grid; halves the path on the way. */
function findRoot(parents: usize, place: i32): i32 {
  let at = place;
  while (true) {
    const parent = load<i32>(parents + ((<usize>at) << 2));
    if (parent == at) return at;
    const grandparent = load<i32>(parents + ((<usize>parent) << 2));
    if (grandparent == parent) return parent;
    store<i32>(parents + ((<usize>at) << 2), grandparent);
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

/**
 * heights: float32 per voxel (T; Infinity is allowed, NaN is left out). negative: 1 for the tail of -T.
 * placeOfVoxel: int32 per voxel, its place in a grid that is padded on every side; place 0 is padding.
 * parents: int32 per place, 0 on entry and again on return. nodes: NODE bytes per place.
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
  parents: usize,
  nodes: usize,
  pairs: usize,
  spare: usize,
  histogram: usize,
  powers: usize,
  strideY: i32,
  strideZ: i32,
  step: f64,
): f64 {
  let count = 0;
  const flip: u32 = negative ? 0x80000000 : 0;
  for (let voxel = 0; voxel < voxels; voxel++) {
    const key = load<u32>(heights + ((<usize>voxel) << 2)) ^ flip;
    // Positive numbers up to Infinity; zero, negative numbers and NaN fall outside.
    if (key - 1 < 0x7f800000) {
      const pair = pairs + ((<usize>count) << 3);
      store<u32>(pair, key);
      store<i32>(pair, load<i32>(placeOfVoxel + ((<usize>voxel) << 2)), 4);
      count++;
    }
  }
  const sorted = sortDescending(pairs, spare, count, histogram);
  const end = sorted + ((<usize>count) << 3);
  for (let at = sorted; at < end; at += 8) {
    const place = load<i32>(at, 4);
    const primitive = primitiveOf(<f64>load<f32>(at), step);
    const here = parents + ((<usize>place) << 2);
    const alongY = (<usize>strideY) << 2;
    const alongZ = (<usize>strideZ) << 2;
    let root = 0;
    root = join(load<i32>(here - 4), root, primitive, parents, nodes, powers);
    root = join(load<i32>(here, 4), root, primitive, parents, nodes, powers);
    root = join(load<i32>(here - alongY), root, primitive, parents, nodes, powers);
    root = join(load<i32>(here + alongY), root, primitive, parents, nodes, powers);
    root = join(load<i32>(here - alongZ), root, primitive, parents, nodes, powers);
    root = join(load<i32>(here + alongZ), root, primitive, parents, nodes, powers);
    if (root == 0) {
      store<i32>(here, place);
      const node = nodes + <usize>place * NODE;
      store<f64>(node, 0);
      store<f64>(node, primitive, 8);
      store<i32>(node, 1, 16);
    } else {
      store<i32>(here, root);
      const node = nodes + <usize>root * NODE;
      store<i32>(node, load<i32>(node, 16) + 1, 16);
    }
  }
  let best: f64 = 0;
  for (let at = sorted; at < end; at += 8) {
    const place = load<i32>(at, 4);
    if (load<i32>(parents + ((<usize>place) << 2)) == place) {
      const node = nodes + <usize>place * NODE;
      settle(node, 0, powers);
      best = max(best, load<f64>(node));
    }
  }
  for (let at = sorted; at < end; at += 8) store<i32>(parents + ((<usize>load<i32>(at, 4)) << 2), 0);
  return best;
}

/** Joins the component of a neighbour to the one gathered so far; returns the root of both. */
function join(
  neighbourParent: i32,
  root: i32,
  primitive: f64,
  parents: usize,
  nodes: usize,
  powers: usize,
): i32 {
  if (neighbourParent == 0 || neighbourParent == root) return root;
  const other = findRoot(parents, neighbourParent);
  if (other == root) return root;
  const otherNode = nodes + <usize>other * NODE;
  settle(otherNode, primitive, powers);
  if (root == 0) return other;
  const node = nodes + <usize>root * NODE;
  const extent = load<i32>(node, 16);
  const otherExtent = load<i32>(otherNode, 16);
  const gain = max(load<f64>(node), load<f64>(otherNode));
  if (otherExtent > extent) {
    store<i32>(parents + ((<usize>root) << 2), other);
    store<i32>(otherNode, extent + otherExtent, 16);
    store<f64>(otherNode, gain);
    return other;
  }
  store<i32>(parents + ((<usize>other) << 2), root);
  store<i32>(node, extent + otherExtent, 16);
  store<f64>(node, gain);
  return root;
}
