// Freedman-Lane with covariates, on a block of 16 voxels. The residuals e of a voxel (unit norm, given the covariates)
// are permuted; with an orthonormal basis q_j of the centred covariates and g the labels,
//   N_j = <P'q_j, e>,  num = (<P'g, e> - sum_j a_j N_j) / |g~|,  rho = num / sqrt(1 - sum_j N_j^2),
// a_j = <g, q_j>, g~ = g without its mean and covariates, and T = rho sqrt(df / (1 - rho^2)).
// <P'g, e> is a sum over binary labels and comes exactly from the lookup tables. The N_j are first computed from int16
// copies, eight products per instruction, with a bound on their error; whatever that bound cannot decide (near ties,
// candidates for the maximum, voxels near the cluster threshold) is computed again in float64. So all counts and
// maxima are those of the float64 formula.

/** Relabelings per batch: their N_j and sums are kept before they are compared. */
const LINE: usize = 64;

/** What the float64 formula needs; set once per call of an exported function. */
let exactData: usize = 0;
let exactSubjects: i32 = 0;
let exactCovariates: i32 = 0;
let exactBasis: usize = 0;
let exactGroupLoadings: usize = 0;
let exactScale: f64 = 0;
let exactGroupNorm: f64 = 0;

/**
 * rho in float64 of one voxel (lane) and relabeling. `order` is the inverse permutation, u16 per subject: subject k's
 * residual meets the covariates and the label of subject order[k]. `sum` is <P'g, e> in fixed point.
 */
function exact(lane: i32, order: usize, sum: i32): f64 {
  let projected: f64 = 0;
  let numerator = <f64>sum * exactScale;
  const data = exactData + ((<usize>lane) << 2);
  for (let j = 0; j < exactCovariates; j++) {
    const basis = exactBasis + ((<usize>(j * exactSubjects)) << 3);
    let product: f64 = 0;
    for (let k = 0; k < exactSubjects; k++) {
      const other = <usize>load<u16>(order + ((<usize>k) << 1));
      product += load<f64>(basis + (other << 3)) * <f64>load<i32>(data + <usize>k * LINE);
    }
    product *= exactScale;
    numerator -= load<f64>(exactGroupLoadings + ((<usize>j) << 3)) * product;
    projected += product * product;
  }
  const rest = 1 - projected;
  // Nothing is left of the residuals beside the covariates: no evidence either way.
  if (rest <= 1e-9) return 0;
  return numerator / (exactGroupNorm * sqrt(rest));
}

let listEnd: usize = 0;

/**
 * settings: float64 scale (2^-bits), |g~|, upper and lower cluster threshold in rho, tolerance of ties in rho; then
 * float64 a_j. basis: covariates x subjects float64 q_j.
 * data: subjects x 16 int32 fixed point. quantised: pairs of subjects x 16 voxels x 2 int16.
 * rows: relabelings x covariates x pairs of subjects, each 2 int16: q_j in the order of the relabeling.
 * rowScale: float32 per covariate: turns the integer products of that row into N_j.
 * orders: relabelings x subjects u16 (inverse permutations). codes, groups: as in relabelBlock.
 * scratch: batch of 16 relabelings: (1 + covariates) x 16 lines.
 * extrema: per relabeling 6 values in arrays of `relabelings`: float64 maximum, float64 minimum, int32 voxel of the
 * maximum, of the minimum, float32 upper and lower bound.
 * counting: 16 float64 observed rho; 16 float32 each: observed rho, |observed rho|, error of an N_j; 3 x 16 int32
 * counts (>=, <=, two-sided), added to.
 * errorOfLoadings: sum |a_j| / |g~|, by which an error of N_j enters the numerator.
 * places: int32 per voxel of the block, what the list names it by.
 * list: entries of 16 bytes: int32 relabeling, int32 place, float64 rho; room for all of the block. Returns its bytes.
 */
export function covariateBlock(
  settings: usize,
  basis: usize,
  data: usize,
  quantised: usize,
  subjects: i32,
  covariates: i32,
  rows: usize,
  rowScale: usize,
  orders: usize,
  codes: usize,
  groups: i32,
  relabelings: i32,
  scratch: usize,
  extrema: usize,
  counting: usize,
  errorOfLoadings: f32,
  voxel: i32,
  valid: i32,
  places: usize,
  list: usize,
): i32 {
  exactData = data;
  exactSubjects = subjects;
  exactCovariates = covariates;
  exactBasis = basis;
  exactScale = load<f64>(settings);
  exactGroupNorm = load<f64>(settings, 8);
  exactGroupLoadings = settings + 40;
  listEnd = list;
  const pairs = (subjects + 1) >> 1;
  const maxima = extrema;
  const minima = maxima + ((<usize>relabelings) << 3);
  const maximumVoxels = minima + ((<usize>relabelings) << 3);
  const minimumVoxels = maximumVoxels + ((<usize>relabelings) << 2);
  const uppers = minimumVoxels + ((<usize>relabelings) << 2);
  const lowers = uppers + ((<usize>relabelings) << 2);
  const one = f32x4.splat(1);
  const sumScale = f32x4.splat(<f32>(exactScale / exactGroupNorm));
  const tolerance = f32x4.splat(<f32>load<f64>(settings, 32) + <f32>3e-6);
  const loadingError = f32x4.splat(errorOfLoadings);
  const covariateRoot = f32x4.splat(<f32>1.5 * sqrt<f32>(<f32>covariates));
  const numeratorLoadings = scratch + ((<usize>(1 + covariates)) << 10);
  for (let j = 0; j < covariates; j++) {
    store<f32>(
      numeratorLoadings + ((<usize>j) << 2),
      <f32>(load<f64>(exactGroupLoadings + ((<usize>j) << 3)) / exactGroupNorm),
    );
  }
  for (let first = 0; first < relabelings; first += 16) {
    const here = min(16, relabelings - first);
    sumLines(codes + ((<usize>(first * groups)) << 2), groups, here, scratch);
    products(
      quantised,
      pairs,
      rows + ((<usize>(first * covariates * pairs)) << 2),
      here * covariates,
      scratch + 1024,
    );
    for (let r = 0; r < here; r++) {
      const relabeling = first + r;
      const sums = scratch + <usize>r * LINE;
      const upper = v128.load32_splat(uppers + ((<usize>relabeling) << 2));
      const lower = v128.load32_splat(lowers + ((<usize>relabeling) << 2));
      for (let vector: usize = 0; vector < LINE; vector += 16) {
        let numerator = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums + vector)), sumScale);
        let projected = f32x4.splat(0);
        for (let j = 0; j < covariates; j++) {
          const raw = v128.load(scratch + 1024 + <usize>(r * covariates + j) * LINE + vector);
          const product = f32x4.mul(
            f32x4.convert_i32x4_s(raw),
            v128.load32_splat(rowScale + ((<usize>j) << 2)),
          );
          numerator = f32x4.sub(
            numerator,
            f32x4.mul(product, v128.load32_splat(numeratorLoadings + ((<usize>j) << 2))),
          );
          projected = f32x4.add(projected, f32x4.mul(product, product));
        }
        const rest = f32x4.max(f32x4.sub(one, projected), f32x4.splat(0.01));
        const rootRest = f32x4.sqrt(rest);
        const rho = f32x4.div(numerator, rootRest);
        const productError = v128.load(counting + 256 + vector);
        // d rho <= dN sum|a_j| / (|g~| sqrt(rest)) + |rho| sum|N_j| dN / rest, with room for second order and float32.
        const error = f32x4.add(
          tolerance,
          f32x4.div(
            f32x4.mul(
              productError,
              f32x4.add(
                f32x4.mul(loadingError, rootRest),
                f32x4.mul(
                  f32x4.abs(rho),
                  f32x4.mul(covariateRoot, f32x4.add(f32x4.sqrt(projected), productError)),
                ),
              ),
            ),
            rest,
          ),
        );
        const observed = v128.load(counting + 128 + vector);
        const observedSize = v128.load(counting + 192 + vector);
        const size = f32x4.abs(rho);
        let unsure = v128.or(
          f32x4.le(f32x4.abs(f32x4.sub(rho, observed)), error),
          f32x4.le(f32x4.abs(f32x4.sub(size, observedSize)), error),
        );
        unsure = v128.or(unsure, f32x4.gt(projected, f32x4.splat(0.7)));
        const beyond = v128.or(
          f32x4.gt(f32x4.add(rho, error), upper),
          f32x4.lt(f32x4.sub(rho, error), lower),
        );
        const counts = counting + 320 + vector;
        v128.store(counts, i32x4.sub(v128.load(counts), v128.andnot(f32x4.gt(rho, observed), unsure)));
        v128.store(
          counts,
          i32x4.sub(v128.load(counts, 64), v128.andnot(f32x4.lt(rho, observed), unsure)),
          64,
        );
        v128.store(
          counts,
          i32x4.sub(v128.load(counts, 128), v128.andnot(f32x4.gt(size, observedSize), unsure)),
          128,
        );
        const look = v128.or(beyond, unsure);
        if (v128.any_true(look)) {
          const lanes = i32x4.bitmask(look);
          const unsureLanes = i32x4.bitmask(unsure);
          // Lanes with a doubtful projection may hide an extremum.
          const firstLane = <i32>(vector >> 2);
          for (let i = 0; i < 4; i++) {
            if (((lanes >> i) & 1) == 0) continue;
            const lane = firstLane + i;
            const order = orders + ((<usize>(relabeling * subjects)) << 1);
            const value = exact(lane, order, load<i32>(sums + ((<usize>lane) << 2)));
            if ((unsureLanes >> i) & 1) compareExact(value, lane, counting, load<f64>(settings, 32));
            if (((valid >> lane) & 1) == 0) continue;
            const at8 = (<usize>relabeling) << 3;
            const at4 = (<usize>relabeling) << 2;
            const upperThreshold = load<f64>(settings, 16);
            const lowerThreshold = load<f64>(settings, 24);
            if (value > load<f64>(maxima + at8)) {
              store<f64>(maxima + at8, value);
              store<i32>(maximumVoxels + at4, voxel + lane);
              store<f32>(uppers + at4, <f32>min(value, upperThreshold) - <f32>1e-6);
            }
            if (value < load<f64>(minima + at8)) {
              store<f64>(minima + at8, value);
              store<i32>(minimumVoxels + at4, voxel + lane);
              store<f32>(lowers + at4, <f32>max(value, lowerThreshold) + <f32>1e-6);
            }
            if (value > upperThreshold || value < lowerThreshold) {
              store<i32>(listEnd, relabeling);
              store<i32>(listEnd, load<i32>(places + ((<usize>lane) << 2)), 4);
              store<f64>(listEnd, value, 8);
              listEnd += 16;
            }
          }
        }
      }
    }
  }
  return <i32>(listEnd - list);
}

/** One comparison that the int16 products could not decide. */
function compareExact(value: f64, lane: i32, counting: usize, tolerance: f64): void {
  const observed = load<f64>(counting + ((<usize>lane) << 3));
  const counts = counting + 320 + ((<usize>lane) << 2);
  if (value >= observed - tolerance) store<i32>(counts, load<i32>(counts) + 1);
  if (value <= observed + tolerance) store<i32>(counts, load<i32>(counts, 64) + 1, 64);
  if (abs(value) >= abs(observed) - tolerance) store<i32>(counts, load<i32>(counts, 128) + 1, 128);
}

/** Sums over the labels of up to 16 relabelings, as in binaryLabels. */
function sumLines(codes: usize, groups: i32, relabelings: i32, lines: usize): void {
  let code = codes;
  let line = lines;
  for (let r = 0; r < relabelings; r++) {
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (const end = code + ((<usize>groups) << 2); code < end; code += 4) {
      const entry = <usize>load<u32>(code);
      s0 = i32x4.add(s0, v128.load(entry));
      s1 = i32x4.add(s1, v128.load(entry, 16));
      s2 = i32x4.add(s2, v128.load(entry, 32));
      s3 = i32x4.add(s3, v128.load(entry, 48));
    }
    v128.store(line, s0);
    v128.store(line, s1, 16);
    v128.store(line, s2, 32);
    v128.store(line, s3, 48);
    line += LINE;
  }
}

/** Integer products of rows with 16 voxels: `count` rows of `pairs` x 2 int16; out: count x 16 int32. Two rows at a time. */
function products(quantised: usize, pairs: i32, rows: usize, count: i32, out: usize): void {
  const rowBytes = (<usize>pairs) << 2;
  let row = rows;
  let line = out;
  let left = count;
  while (left > 0) {
    // The last single row is paired with itself.
    const second = left > 1 ? rowBytes : 0;
    let a0 = i32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let at = row;
    let data = quantised;
    for (const end = row + rowBytes; at < end; at += 4) {
      const a = v128.load32_splat(at);
      const b = v128.load32_splat(at + second);
      const x0 = v128.load(data);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x0, a));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(x0, b));
      const x1 = v128.load(data, 16);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x1, a));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(x1, b));
      const x2 = v128.load(data, 32);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(x2, a));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(x2, b));
      const x3 = v128.load(data, 48);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(x3, a));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(x3, b));
      data += LINE;
    }
    v128.store(line, a0);
    v128.store(line, a1, 16);
    v128.store(line, a2, 32);
    v128.store(line, a3, 48);
    if (left > 1) {
      v128.store(line, b0, 64);
      v128.store(line, b1, 80);
      v128.store(line, b2, 96);
      v128.store(line, b3, 112);
    }
    row += 2 * rowBytes;
    line += 2 * LINE;
    left -= 2;
  }
}

/**
 * num and 1 - sum N_j^2 of every voxel of a block and every relabeling in float64: for the maps that
 * TFCE and variance smoothing need. reals: subjects x 16 float64 scratch. out: relabelings x 16 x 2 float64.
 */
export function covariateMap(
  settings: usize,
  basis: usize,
  data: usize,
  subjects: i32,
  covariates: i32,
  orders: usize,
  codes: usize,
  groups: i32,
  relabelings: i32,
  scratch: usize,
  reals: usize,
  out: usize,
): void {
  const scale = load<f64>(settings);
  const groupNorm = load<f64>(settings, 8);
  const loadings = settings + 40;
  for (let i = 0; i < subjects * 16; i++) {
    store<f64>(reals + ((<usize>i) << 3), <f64>load<i32>(data + ((<usize>i) << 2)) * scale);
  }
  for (let r = 0; r < relabelings; r++) {
    sumLines(codes + ((<usize>(r * groups)) << 2), groups, 1, scratch);
    const order = orders + ((<usize>(r * subjects)) << 1);
    const numerators = scratch + 64;
    const projecteds = scratch + 192;
    for (let lane: usize = 0; lane < 16; lane++) {
      store<f64>(numerators + (lane << 3), <f64>load<i32>(scratch + (lane << 2)) * scale);
      store<f64>(projecteds + (lane << 3), 0);
    }
    for (let j = 0; j < covariates; j++) {
      const row = basis + ((<usize>(j * subjects)) << 3);
      const loading = f64x2.splat(load<f64>(loadings + ((<usize>j) << 3)));
      let p0 = f64x2.splat(0);
      let p1 = p0;
      let p2 = p0;
      let p3 = p0;
      let p4 = p0;
      let p5 = p0;
      let p6 = p0;
      let p7 = p0;
      let line = reals;
      for (let k = 0; k < subjects; k++) {
        const weight = v128.load64_splat(row + ((<usize>load<u16>(order + ((<usize>k) << 1))) << 3));
        p0 = f64x2.add(p0, f64x2.mul(weight, v128.load(line)));
        p1 = f64x2.add(p1, f64x2.mul(weight, v128.load(line, 16)));
        p2 = f64x2.add(p2, f64x2.mul(weight, v128.load(line, 32)));
        p3 = f64x2.add(p3, f64x2.mul(weight, v128.load(line, 48)));
        p4 = f64x2.add(p4, f64x2.mul(weight, v128.load(line, 64)));
        p5 = f64x2.add(p5, f64x2.mul(weight, v128.load(line, 80)));
        p6 = f64x2.add(p6, f64x2.mul(weight, v128.load(line, 96)));
        p7 = f64x2.add(p7, f64x2.mul(weight, v128.load(line, 112)));
        line += 128;
      }
      settleProduct(numerators, projecteds, 0, p0, loading);
      settleProduct(numerators, projecteds, 16, p1, loading);
      settleProduct(numerators, projecteds, 32, p2, loading);
      settleProduct(numerators, projecteds, 48, p3, loading);
      settleProduct(numerators, projecteds, 64, p4, loading);
      settleProduct(numerators, projecteds, 80, p5, loading);
      settleProduct(numerators, projecteds, 96, p6, loading);
      settleProduct(numerators, projecteds, 112, p7, loading);
    }
    for (let lane: usize = 0; lane < 16; lane++) {
      const rest = 1 - load<f64>(projecteds + (lane << 3));
      const numerator = load<f64>(numerators + (lane << 3));
      // Two numbers per voxel: num / |g~| and the share of the residuals that the covariates leave.
      store<f64>(out, rest <= 1e-9 ? 0 : numerator / groupNorm);
      store<f64>(out, rest <= 1e-9 ? 1 : rest, 8);
      out += 16;
    }
  }
}

function settleProduct(numerators: usize, projecteds: usize, at: usize, product: v128, loading: v128): void {
  v128.store(numerators + at, f64x2.sub(v128.load(numerators + at), f64x2.mul(loading, product)));
  v128.store(projecteds + at, f64x2.add(v128.load(projecteds + at), f64x2.mul(product, product)));
}
