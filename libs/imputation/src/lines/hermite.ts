import type { LineInterpolation } from './lines.ts';
import { gapOf } from './lines.ts';

/** Fills `slopes` with the first derivative at each knot. */
export type SlopeRule = (knots: readonly number[]) => (values: Float64Array, slopes: Float64Array) => void;

/** Piecewise cubic interpolation through values and slopes at the knots. */
export function hermite(slopeRule: SlopeRule): LineInterpolation {
  return (knots, positions) => {
    const slopesAt = slopeRule(knots);
    const slopes = new Float64Array(knots.length);
    const gaps = Int32Array.from(positions, (position) => gapOf(knots, position));
    // The cubic's four weights on left value, right value, left slope and right slope.
    const weights = Float64Array.from(
      positions.flatMap((position, n) => {
        const gap = gaps[n];
        const width = knots[gap + 1] - knots[gap];
        const t = (position - knots[gap]) / width;
        const rise = t * t * (3 - 2 * t);
        return [1 - rise, rise, width * t * (1 - t) ** 2, width * t * t * (t - 1)];
      }),
    );
    return (values, out) => {
      slopesAt(values, slopes);
      for (let n = 0; n < gaps.length; n++) {
        const gap = gaps[n];
        out[n] =
          weights[4 * n] * values[gap] +
          weights[4 * n + 1] * values[gap + 1] +
          weights[4 * n + 2] * slopes[gap] +
          weights[4 * n + 3] * slopes[gap + 1];
      }
    };
  };
}
