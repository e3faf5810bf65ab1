// The largest threshold-free cluster enhancement of both tails of one map, exact: TFCE(v) = integral from 0 to |T(v)|
// of extent(h)^E h^H dh, where extent(h) is the size of v's component among the voxels of its sign and height >= h.
// S. M. Smith, T. E. Nichols, NeuroImage 44 (2009).
//
// The extent is constant between successive heights, so the integral is a finite sum in closed form: voxels join
// their components from the highest down, and a component's share is added when it changes. All its voxels gain the
// same from then on, so it is enough to know the gain of its best one.
//
// Joining voxel by voxel would jump about the whole image. Instead every voxel is first given, in file order, to the
// basin of the local maximum that steepest ascent leads to: components are unions of basins. In the sorted list of
// voxels stands the basin itself; only where a voxel joins basins that may still be apart it refers to their list.

/** Bytes per basin, see the offsets below. */
const NODE: usize = 32;
/** float64 gain of its best voxel, float64 primitive at its last change, int32 voxels. */
const GAIN: usize = 0;
const LAST: usize = 8;
const EXTENT: usize = 16;
/** int32 next basin of the same component (in a ring), int32 basins in the component, int32 1 where T is negative. */
const NEXT: usize = 20;
const BASINS: usize = 24;
const NEGATIVE: usize = 28;
const DIGIT_BITS: u32 = 11;
const DIGITS: u32 = 1 << DIGIT_BITS;
/** Marks an entry that refers to a list of basins. */
const IS_LIST: u32 = 0x80000000;

/** Adds to a component what its voxels gain between its last change and this height. */
function settle(node: usize, primitive: f64, powers: usize): void {
  const last = load<f64>(node, LAST);
  // Equal where both are infinite: their difference is no number.
  if (last == primitive) return;
  const extent = load<i32>(node, EXTENT);
  const share = load<f64>(powers + ((<usize>extent) << 3)) * (last - primitive);
  store<f64>(node, load<f64>(node, GAIN) + share, GAIN);
  store<f64>(node, primitive, LAST);
}

/** Integral of h^2 up to a height, or the sum of h^2 * step over the steps up to it. */
function primitiveOf(height: f64, step: f64): f64 {
  if (step > 0) {
    const steps = floor(height / step);
    return (step * step * step * steps * (steps + 1) * (2 * steps + 1)) / 6;
  }
  return (height * height * height) / 3;
}

/**
 * Steepest ascent, four places at a time: each voxel points at its highest neighbour of its sign that comes before it
 * in the order of the sort (higher, or as high and earlier in the file), a local maximum at itself. Basins are cleared.
 */
function ascend(field: usize, places: i32, strideY: i32, strideZ: i32, ups: usize, basins: usize): void {
  const alongY = (<usize>strideY) << 2;
  const alongZ = (<usize>strideZ) << 2;
  const signBit = i32x4.splat(0x80000000);
  const lanes = i32x4(0, 1, 2, 3);
  const stepX = i32x4.splat(1);
  const stepY = i32x4.splat(strideY);
  const stepZ = i32x4.splat(strideZ);
  for (let place = strideZ; place < places - strideZ; place += 4) {
    const here = field + ((<usize>place) << 2);
    const value = v128.load(here);
    if (!v128.any_true(value)) continue;
    const sign = v128.and(value, signBit);
    const self = i32x4.add(i32x4.splat(place), lanes);
    let best = v128.xor(value, sign);
    let up = self;
    // With the sign turned, voxels of the other tail are negative and those outside the mask 0.
    let height = v128.xor(v128.load(here - alongZ), sign);
    let better = f32x4.ge(height, best);
    best = v128.bitselect(height, best, better);
    up = v128.bitselect(i32x4.sub(self, stepZ), up, better);
    height = v128.xor(v128.load(here - alongY), sign);
    better = f32x4.ge(height, best);
    best = v128.bitselect(height, best, better);
    up = v128.bitselect(i32x4.sub(self, stepY), up, better);
    height = v128.xor(v128.load(here - 4), sign);
    better = f32x4.ge(height, best);
    best = v128.bitselect(height, best, better);
    up = v128.bitselect(i32x4.sub(self, stepX), up, better);
    height = v128.xor(v128.load(here + 4), sign);
    better = f32x4.gt(height, best);
    best = v128.bitselect(height, best, better);
    up = v128.bitselect(i32x4.add(self, stepX), up, better);
    height = v128.xor(v128.load(here + alongY), sign);
    better = f32x4.gt(height, best);
    best = v128.bitselect(height, best, better);
    up = v128.bitselect(i32x4.add(self, stepY), up, better);
    height = v128.xor(v128.load(here + alongZ), sign);
    better = f32x4.gt(height, best);
    up = v128.bitselect(i32x4.add(self, stepZ), up, better);
    const at = (<usize>place) << 2;
    v128.store(ups + at, up);
    v128.store(basins + at, i32x4.splat(0));
  }
}

/** Numbers the basins from 1 in file order and writes every voxel's. Returns how many there are. */
function label(
  field: usize,
  voxels: i32,
  placeOfVoxel: usize,
  ups: usize,
  basins: usize,
  nodes: usize,
  roots: usize,
): i32 {
  let count = 0;
  for (let voxel = 0; voxel < voxels; voxel++) {
    const start = (<usize>load<i32>(placeOfVoxel + ((<usize>voxel) << 2))) << 2;
    const bits = load<u32>(field + start);
    if (bits << 1 == 0) continue;
    let walker = start;
    let basin = load<i32>(basins + walker);
    while (basin == 0) {
      const up = (<usize>load<i32>(ups + walker)) << 2;
      if (up == walker) {
        basin = ++count;
        const node = nodes + <usize>basin * NODE;
        store<f64>(node, 0, GAIN);
        store<i32>(node, 0, EXTENT);
        store<i32>(node, basin, NEXT);
        store<i32>(node, 1, BASINS);
        store<i32>(node, bits >>> 31, NEGATIVE);
        store<i32>(roots + ((<usize>basin) << 2), basin);
        store<i32>(basins + walker, basin);
        break;
      }
      walker = up;
      basin = load<i32>(basins + walker);
    }
    walker = start;
    while (load<i32>(basins + walker) == 0) {
      store<i32>(basins + walker, basin);
      walker = (<usize>load<i32>(ups + walker)) << 2;
    }
  }
  return count;
}

/** Distances in bytes to the six neighbours, earlier ones first; filled by `listVoxels`. */
const distances = memory.data(6 * 4, 4);
/** The vector whose lanes are looked at one by one. */
const laneCodes = memory.data(16, 16);

/** Bits of the neighbours that a voxel joins: before it in the order, and of another basin. */
function joined(
  here: usize,
  basinHere: usize,
  distance: usize,
  sign: v128,
  height: v128,
  basin: v128,
  isEarlier: bool,
  bit: i32,
): v128 {
  const other = v128.xor(v128.load(here + distance), sign);
  const isBefore = isEarlier ? f32x4.ge(other, height) : f32x4.gt(other, height);
  const differs = i32x4.ne(v128.load(basinHere + distance), basin);
  return v128.and(v128.and(isBefore, differs), i32x4.splat(bit));
}

/**
 * One entry per voxel, in file order: u32 key (bits of |T|) and u32 basin, or where it may join basins the place of
 * their list: int32 own basin, int32 number of others, the others. Returns the number of entries.
 */
function listVoxels(
  field: usize,
  places: i32,
  strideY: i32,
  strideZ: i32,
  ups: usize,
  basins: usize,
  lists: usize,
  entries: usize,
): i32 {
  const alongY = (<usize>strideY) << 2;
  const alongZ = (<usize>strideZ) << 2;
  store<i32>(distances, -alongZ);
  store<i32>(distances, -alongY, 4);
  store<i32>(distances, -4, 8);
  store<i32>(distances, 4, 12);
  store<i32>(distances, alongY, 16);
  store<i32>(distances, alongZ, 20);
  const signBit = i32x4.splat(0x80000000);
  let entry = entries;
  let list = lists;
  for (let place = strideZ; place < places - strideZ; place += 4) {
    const at = (<usize>place) << 2;
    const here = field + at;
    const value = v128.load(here);
    if (!v128.any_true(value)) continue;
    const sign = v128.and(value, signBit);
    const height = v128.xor(value, sign);
    const basinHere = basins + at;
    const basin = v128.load(basinHere);
    let codes = joined(here, basinHere, -alongZ, sign, height, basin, true, 1);
    codes = v128.or(codes, joined(here, basinHere, -alongY, sign, height, basin, true, 2));
    codes = v128.or(codes, joined(here, basinHere, -4, sign, height, basin, true, 4));
    codes = v128.or(codes, joined(here, basinHere, 4, sign, height, basin, false, 8));
    codes = v128.or(codes, joined(here, basinHere, alongY, sign, height, basin, false, 16));
    codes = v128.or(codes, joined(here, basinHere, alongZ, sign, height, basin, false, 32));
    v128.store(laneCodes, codes);
    for (let lane: usize = 0; lane < 16; lane += 4) {
      const bits = load<u32>(here + lane);
      const key = bits & 0x7fffffff;
      if (key == 0) continue;
      const own = load<i32>(basinHere + lane);
      let code = load<i32>(laneCodes + lane);
      let target: u32 = own;
      if (code != 0) {
        const turn = bits ^ key;
        const start = list;
        // To the voxel that it ascends to; basins that touch that voxel's too are joined without this one.
        const ascent = ((<usize>load<i32>(ups + at + lane)) << 2) - (at + lane);
        list += 8;
        do {
          const distance = <usize>load<i32>(distances + ((<usize>ctz(code)) << 2));
          code &= code - 1;
          store<i32>(list, load<i32>(basinHere + lane + distance));
          const corner = load<u32>(here + lane + distance + ascent) ^ turn;
          list += <i32>corner > <i32>key ? 0 : 4;
        } while (code != 0);
        const others = <i32>((list - start - 8) >> 2);
        store<i32>(start, own);
        store<i32>(start, others, 4);
        target = others != 0 ? IS_LIST | <u32>(start - lists) : target;
        list = others != 0 ? list : start;
      }
      store<u32>(entry, key);
      store<u32>(entry, target, 4);
      entry += 8;
    }
  }
  return <i32>((entry - entries) >> 3);
}

/** Entries sorted by key from the highest down, stable: `count` pairs of u32, three passes. */
function sortDescending(entries: usize, spare: usize, count: i32, histogram: usize): usize {
  let from = entries;
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

/** Joins two components; the one of fewer basins takes the other's name. Returns the root of both. */
function join(one: i32, other: i32, primitive: f64, nodes: usize, roots: usize, powers: usize): i32 {
  let root = one;
  let joining = other;
  if (load<i32>(nodes + <usize>one * NODE, BASINS) < load<i32>(nodes + <usize>other * NODE, BASINS)) {
    root = other;
    joining = one;
  }
  const node = nodes + <usize>root * NODE;
  const joiningNode = nodes + <usize>joining * NODE;
  settle(node, primitive, powers);
  settle(joiningNode, primitive, powers);
  store<f64>(node, max(load<f64>(node, GAIN), load<f64>(joiningNode, GAIN)), GAIN);
  store<i32>(node, load<i32>(node, EXTENT) + load<i32>(joiningNode, EXTENT), EXTENT);
  store<i32>(node, load<i32>(node, BASINS) + load<i32>(joiningNode, BASINS), BASINS);
  let basin = joining;
  do {
    store<i32>(roots + ((<usize>basin) << 2), root);
    basin = load<i32>(nodes + <usize>basin * NODE, NEXT);
  } while (basin != joining);
  const next = load<i32>(node, NEXT);
  store<i32>(node, load<i32>(joiningNode, NEXT), NEXT);
  store<i32>(joiningNode, next, NEXT);
  return root;
}

/**
 * field: float32 per place of a grid that is padded on every side (T, Infinity is allowed), 0 outside; readable to
 * three places beyond its end. ups, basins: int32 per place and three.
 * placeOfVoxel: int32 per voxel, its place. lists: 8 int32 per voxel. nodes: NODE bytes per voxel and one.
 * roots: int32 per voxel and one. entries, spare: 8 bytes per voxel each. histogram: 8 kB.
 * powers: float64 per extent 0 .. voxels, extent^E.
 * strideY, strideZ: distance of the neighbours along y and z (along x it is 1).
 * step: 0 for the exact integral, else the step of the sum.
 * maxima: receives the largest TFCE of the positive and of the negative tail, float64; 0 where a tail is empty.
 */
export function tfceMaxima(
  field: usize,
  places: i32,
  strideY: i32,
  strideZ: i32,
  placeOfVoxel: usize,
  voxels: i32,
  ups: usize,
  basins: usize,
  lists: usize,
  nodes: usize,
  roots: usize,
  entries: usize,
  spare: usize,
  histogram: usize,
  powers: usize,
  step: f64,
  maxima: usize,
): void {
  ascend(field, places, strideY, strideZ, ups, basins);
  const basinCount = label(field, voxels, placeOfVoxel, ups, basins, nodes, roots);
  const count = listVoxels(field, places, strideY, strideZ, ups, basins, lists, entries);
  const sorted = sortDescending(entries, spare, count, histogram);
  const end = sorted + ((<usize>count) << 3);
  for (let at = sorted; at < end; at += 8) {
    const primitive = primitiveOf(<f64>reinterpret<f32>(load<u32>(at)), step);
    const target = load<u32>(at, 4);
    let root: i32;
    if (target & IS_LIST) {
      let list = lists + <usize>(target & ~IS_LIST);
      root = load<i32>(roots + ((<usize>load<i32>(list)) << 2));
      const listEnd = list + 8 + ((<usize>load<i32>(list, 4)) << 2);
      for (list += 8; list < listEnd; list += 4) {
        const other = load<i32>(roots + ((<usize>load<i32>(list)) << 2));
        if (other != root) root = join(root, other, primitive, nodes, roots, powers);
      }
    } else {
      root = load<i32>(roots + ((<usize>target) << 2));
    }
    const node = nodes + <usize>root * NODE;
    const extent = load<i32>(node, EXTENT);
    // A local maximum comes first and begins its basin.
    if (extent == 0) store<f64>(node, primitive, LAST);
    settle(node, primitive, powers);
    store<i32>(node, extent + 1, EXTENT);
  }
  let positive: f64 = 0;
  let negative: f64 = 0;
  for (let basin = 1; basin <= basinCount; basin++) {
    if (load<i32>(roots + ((<usize>basin) << 2)) != basin) continue;
    const node = nodes + <usize>basin * NODE;
    settle(node, 0, powers);
    const gain = load<f64>(node, GAIN);
    if (load<i32>(node, NEGATIVE)) negative = max(negative, gain);
    else positive = max(positive, gain);
  }
  store<f64>(maxima, positive);
  store<f64>(maxima, negative, 8);
}
