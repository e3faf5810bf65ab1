import type { Interpolation } from './lines.ts';
import { gapOf } from './lines.ts';

/** Piecewise linear interpolation. */
export const linear: Interpolation = (knots, positions) => {
  const gaps = positions.map((position) => gapOf(knots, position));
  const shares = positions.map((position, n) => {
    const gap = gaps[n] ?? 0;
    const left = knots[gap] ?? 0;
    return (position - left) / ((knots[gap + 1] ?? 0) - left);
  });
  return (values, out) => {
    for (let n = 0; n < gaps.length; n++) {
      const gap = gaps[n] ?? 0;
      const t = shares[n] ?? 0;
      const a = values[gap] ?? 0;
      const b = values[gap + 1] ?? 0;
      // Exact at both ends, which a + t (b - a) is not.
      out[n] = t === 1 ? b : a + t * (b - a);
    }
  };
};

/** The value of the nearest knot; of two equally near, the one before. */
export const nearest: Interpolation = (knots, positions) => {
  const chosen = positions.map((position) => {
    const gap = gapOf(knots, position);
    return position - (knots[gap] ?? 0) <= (knots[gap + 1] ?? 0) - position ? gap : gap + 1;
  });
  return (values, out) => {
    for (let n = 0; n < chosen.length; n++) out[n] = values[chosen[n] ?? 0] ?? 0;
  };
};
