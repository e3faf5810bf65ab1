// Sums over relabeled groups of a block of 16 voxels, by lookup tables (the method of the Four Russians): the subjects
// are cut into groups of 6, the 64 partial sums of every group are tabled once, and a relabeling is one addition per
// group and voxel. All sums are int32 fixed point: exact, so the order of the additions does not matter.

/** Subjects per table. The tables of 280 subjects and 16 voxels take 192 kB, so that they stay in the L2 cache. */
const SUBJECTS_PER_TABLE: i32 = 6;
/** A block has 16 voxels: four vectors of four int32, one cache line of 64 bytes. */
const LINE: usize = 64;
const TABLE_BYTES: usize = LINE << SUBJECTS_PER_TABLE;
/** Relabelings whose sums are kept before they are counted: 8 kB, so that they stay in the L1 cache. */
const CHUNK: i32 = 128;

/**
 * Tables of a block. `data` is subjects x 16 int32 (voxel fastest); `tables` receives one table per group of six
 * subjects, entry e holding the sum over the subjects whose bit is set in e.
 */
export function buildTables(data: usize, subjects: i32, tables: usize): void {
  let table = tables;
  for (let first = 0; first < subjects; first += SUBJECTS_PER_TABLE) {
    v128.store(table, i32x4.splat(0));
    v128.store(table, i32x4.splat(0), 16);
    v128.store(table, i32x4.splat(0), 32);
    v128.store(table, i32x4.splat(0), 48);
    for (let bit = 0; bit < SUBJECTS_PER_TABLE && first + bit < subjects; bit++) {
      const row = data + <usize>(first + bit) * LINE;
      const x0 = v128.load(row);
      const x1 = v128.load(row, 16);
      const x2 = v128.load(row, 32);
      const x3 = v128.load(row, 48);
      const half = LINE << bit;
      let from = table;
      const end = table + half;
      while (from < end) {
        const to = from + half;
        v128.store(to, i32x4.add(v128.load(from), x0));
        v128.store(to, i32x4.add(v128.load(from, 16), x1), 16);
        v128.store(to, i32x4.add(v128.load(from, 32), x2), 32);
        v128.store(to, i32x4.add(v128.load(from, 48), x3), 48);
        from += LINE;
      }
    }
    table += TABLE_BYTES;
  }
}

/** The end of the list of supra-threshold voxels, three int32 per entry. */
let listEnd: usize = 0;

/**
 * Extrema of the relabelings: six arrays of `relabelings` int32 in a row: maximum, its voxel, minimum, its voxel,
 * upper bound, lower bound. A sum beyond a bound needs a look: the bounds are the running extremum or the cluster
 * threshold, whichever comes first.
 */
function beyondBound(
  line: usize,
  relabeling: i32,
  maximum: usize,
  stride: usize,
  upperThreshold: i32,
  lowerThreshold: i32,
  voxel: i32,
  valid: i32,
  places: usize,
): void {
  const maximumVoxel = maximum + stride;
  const minimum = maximumVoxel + stride;
  const minimumVoxel = minimum + stride;
  const upper = minimumVoxel + stride;
  const lower = upper + stride;
  let top = load<i32>(maximum);
  let bottom = load<i32>(minimum);
  const above = v128.load32_splat(upper);
  const below = v128.load32_splat(lower);
  let lanes = 0;
  for (let vector = 0; vector < 4; vector++) {
    const sums = v128.load(line + ((<usize>vector) << 4));
    const isBeyond = v128.or(i32x4.gt_s(sums, above), i32x4.lt_s(sums, below));
    lanes |= i32x4.bitmask(isBeyond) << (4 * vector);
  }
  for (lanes &= valid; lanes != 0; lanes &= lanes - 1) {
    const lane = ctz(lanes);
    const sum = load<i32>(line + ((<usize>lane) << 2));
    if (sum > top) {
      top = sum;
      store<i32>(maximumVoxel, voxel + lane);
    }
    if (sum < bottom) {
      bottom = sum;
      store<i32>(minimumVoxel, voxel + lane);
    }
    if (sum > upperThreshold || sum < lowerThreshold) {
      store<i32>(listEnd, relabeling);
      store<i32>(listEnd, load<i32>(places + ((<usize>lane) << 2)), 4);
      store<i32>(listEnd, sum, 8);
      listEnd += 12;
    }
  }
  store<i32>(maximum, top);
  store<i32>(minimum, bottom);
  store<i32>(upper, min(top, upperThreshold));
  store<i32>(lower, max(bottom, lowerThreshold));
}

/**
 * All relabelings of one block of 16 voxels.
 * codes: relabelings x groups u32, the address of the entry to take from each table.
 * sums: scratch of CHUNK x 16 int32. extrema: see `beyondBound`.
 * counting: six arrays of 16 int32 in a row. Input: a, b, c; counted are sums > a, sums < b and |sums| > c; the three
 * counts are added to what is there.
 * voxel: number of the block's first voxel. valid: bit per voxel; the others (padding, excluded voxels) are copies of
 * a valid one, so that they cannot disturb the extrema.
 * places: int32 per voxel of the block, what the list names it by.
 * list: entries (relabeling, place, sum) of the sums beyond the cluster thresholds; room for all of the block.
 * Returns the number of bytes written to the list.
 */
export function relabelBlock(
  codes: usize,
  groups: i32,
  relabelings: i32,
  sums: usize,
  extrema: usize,
  counting: usize,
  upperThreshold: i32,
  lowerThreshold: i32,
  voxel: i32,
  valid: i32,
  places: usize,
  list: usize,
): i32 {
  listEnd = list;
  const stride = (<usize>relabelings) << 2;
  let code = codes;
  for (let first = 0; first < relabelings; first += CHUNK) {
    const here = min(CHUNK, relabelings - first);
    let line = sums;
    let maximum = extrema + ((<usize>first) << 2);
    sumBlock(code, groups, here, sums);
    code += (<usize>here * groups) << 2;
    for (let r = 0; r < here; r++) {
      const s0 = v128.load(line);
      const s1 = v128.load(line, 16);
      const s2 = v128.load(line, 32);
      const s3 = v128.load(line, 48);
      const largest = i32x4.max_s(i32x4.max_s(s0, s1), i32x4.max_s(s2, s3));
      const smallest = i32x4.min_s(i32x4.min_s(s0, s1), i32x4.min_s(s2, s3));
      const upper = maximum + 4 * stride;
      const beyond = v128.or(
        i32x4.gt_s(largest, v128.load32_splat(upper)),
        i32x4.lt_s(smallest, v128.load32_splat(upper + stride)),
      );
      if (v128.any_true(beyond)) {
        beyondBound(line, first + r, maximum, stride, upperThreshold, lowerThreshold, voxel, valid, places);
      }
      maximum += 4;
      line += LINE;
    }
    countChunk(sums, here, counting);
  }
  return <i32>(listEnd - list);
}

/** 1 - r^2 below which int32 sums have too few digits for it. */
const NEAR_PERFECT: f64 = 0.1;

/**
 * T of the sums of one block, r = sum * scale: `out` receives relabelings x 16 float32. Returns whether an r was so near
 * 1 or -1 that its T must be computed from the data.
 */
export function tOfSums(sums: usize, relabelings: i32, scale: f64, degreesOfFreedom: f64, out: usize): bool {
  const one = f64x2.splat(1);
  const end = sums + <usize>relabelings * LINE;
  let least = one;
  let to = out;
  for (let at = sums; at < end; at += 8) {
    const r = f64x2.mul(f64x2.convert_low_i32x4_s(v128.load64_zero(at)), f64x2.splat(scale));
    const rest = f64x2.mul(f64x2.sub(one, r), f64x2.add(one, r));
    least = f64x2.pmin(least, rest);
    const t = f64x2.mul(r, f64x2.sqrt(f64x2.div(f64x2.splat(degreesOfFreedom), rest)));
    v128.store64_lane(to, f32x4.demote_f64x2_zero(t), 0);
    to += 8;
  }
  return v128.any_true(f64x2.lt(least, f64x2.splat(NEAR_PERFECT)));
}

/** Only the sums of one block: `sums` receives relabelings x 16 int32. */
export function sumBlock(codes: usize, groups: i32, relabelings: i32, sums: usize): void {
  let code = codes;
  let line = sums;
  for (let r = 0; r < relabelings; r++) {
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const end = code + ((<usize>groups) << 2);
    const end4 = end - 12;
    while (code < end4) {
      let entry = <usize>load<u32>(code);
      s0 = i32x4.add(s0, v128.load(entry));
      s1 = i32x4.add(s1, v128.load(entry, 16));
      s2 = i32x4.add(s2, v128.load(entry, 32));
      s3 = i32x4.add(s3, v128.load(entry, 48));
      entry = <usize>load<u32>(code, 4);
      s0 = i32x4.add(s0, v128.load(entry));
      s1 = i32x4.add(s1, v128.load(entry, 16));
      s2 = i32x4.add(s2, v128.load(entry, 32));
      s3 = i32x4.add(s3, v128.load(entry, 48));
      entry = <usize>load<u32>(code, 8);
      s0 = i32x4.add(s0, v128.load(entry));
      s1 = i32x4.add(s1, v128.load(entry, 16));
      s2 = i32x4.add(s2, v128.load(entry, 32));
      s3 = i32x4.add(s3, v128.load(entry, 48));
      entry = <usize>load<u32>(code, 12);
      s0 = i32x4.add(s0, v128.load(entry));
      s1 = i32x4.add(s1, v128.load(entry, 16));
      s2 = i32x4.add(s2, v128.load(entry, 32));
      s3 = i32x4.add(s3, v128.load(entry, 48));
      code += 16;
    }
    while (code < end) {
      const entry = <usize>load<u32>(code);
      s0 = i32x4.add(s0, v128.load(entry));
      s1 = i32x4.add(s1, v128.load(entry, 16));
      s2 = i32x4.add(s2, v128.load(entry, 32));
      s3 = i32x4.add(s3, v128.load(entry, 48));
      code += 4;
    }
    v128.store(line, s0);
    v128.store(line, s1, 16);
    v128.store(line, s2, 32);
    v128.store(line, s3, 48);
    line += LINE;
  }
}

/** Adds up, for each of 16 voxels, how many of the sums lie beyond the three thresholds. */
function countChunk(sums: usize, relabelings: i32, counting: usize): void {
  const end = sums + <usize>relabelings * LINE;
  for (let vector: usize = 0; vector < LINE; vector += 16) {
    const at = counting + vector;
    const above = v128.load(at);
    const below = v128.load(at, 64);
    const either = v128.load(at, 128);
    let countAbove = v128.load(at, 192);
    let countBelow = v128.load(at, 256);
    let countEither = v128.load(at, 320);
    for (let line = sums + vector; line < end; line += LINE) {
      const sum = v128.load(line);
      countAbove = i32x4.sub(countAbove, i32x4.gt_s(sum, above));
      countBelow = i32x4.sub(countBelow, i32x4.lt_s(sum, below));
      countEither = i32x4.sub(countEither, i32x4.gt_s(i32x4.abs(sum), either));
    }
    v128.store(at, countAbove, 192);
    v128.store(at, countBelow, 256);
    v128.store(at, countEither, 320);
  }
}
