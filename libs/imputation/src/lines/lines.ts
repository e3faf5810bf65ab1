/**
 * Interpolates one line of values at the kept positions. `values` holds the values at the knots; `out` receives one
 * value per position. Both are scratch arrays of the caller.
 */
export type LineInterpolator = (values: Float64Array, out: Float64Array) => void;

/** An interpolation along one axis: prepared once for strictly increasing knots and increasing positions. */
export type LineInterpolation = (knots: readonly number[], positions: readonly number[]) => LineInterpolator;

/** Values laid out as `inner` fastest, then `length` along the interpolated axis, then `outer`. */
export interface Lines {
  readonly values: Float32Array;
  readonly inner: number;
  readonly length: number;
  readonly outer: number;
}

/**
 * Interpolates every line of an array from knots to positions, in float64. Returns an array laid out like `lines`
 * with `positions.length` in place of `length`. A position outside the knots takes the nearest knot's value, since
 * nothing is known there; a position on a knot takes that knot's value bit for bit.
 */
export function interpolateLines(
  { values, inner, length, outer }: Lines,
  knots: readonly number[],
  positions: readonly number[],
  interpolation: LineInterpolation,
): Float32Array {
  const first = knots[0];
  const last = knots[length - 1];
  const inside = positions.map((position) => Math.min(last, Math.max(first, position)));
  const interpolate = interpolation(knots, inside);
  const line = new Float64Array(length);
  const result = new Float64Array(positions.length);
  const out = new Float32Array(inner * positions.length * outer);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const from = i + inner * length * o;
      let constant = true;
      for (let n = 0; n < length; n++) {
        const value = values[from + inner * n];
        line[n] = value;
        constant &&= value === line[0];
      }
      // Background: every interpolation here reproduces a constant, and this saves most of the time outside the head.
      if (constant) result.fill(line[0]);
      else interpolate(line, result);
      const to = i + inner * positions.length * o;
      for (let n = 0; n < positions.length; n++) out[to + inner * n] = result[n];
    }
  }
  return out;
}

/** For each position, the gap that it lies in: the largest n < knots.length - 1 with knots[n] <= position. */
export function gapOf(knots: readonly number[], position: number): number {
  let n = 0;
  while (n < knots.length - 2 && knots[n + 1] <= position) n += 1;
  return n;
}
