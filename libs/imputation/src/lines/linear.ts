import type { LineInterpolation } from './lines.ts';
import { gapOf } from './lines.ts';

/** Piecewise linear interpolation. */
export const linear: LineInterpolation = (knots, positions) => {
  const gaps = positions.map((position) => gapOf(knots, position));
  const shares = positions.map((position, n) => {
    const left = knots[gaps[n]];
    return (position - left) / (knots[gaps[n] + 1] - left);
  });
  return (values, out) => {
    for (let n = 0; n < gaps.length; n++) {
      const t = shares[n];
      const a = values[gaps[n]];
      const b = values[gaps[n] + 1];
      // Exact at both ends, which a + t (b - a) is not.
      out[n] = t === 1 ? b : a + t * (b - a);
    }
  };
};

/** The value of the nearest knot; of two equally near, the one before. */
export const nearest: LineInterpolation = (knots, positions) => {
  const chosen = positions.map((position) => {
    const gap = gapOf(knots, position);
    return position - knots[gap] <= knots[gap + 1] - position ? gap : gap + 1;
  });
  return (values, out) => {
    for (let n = 0; n < chosen.length; n++) out[n] = values[chosen[n]];
  };
};
