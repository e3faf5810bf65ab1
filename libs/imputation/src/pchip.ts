import type { SlopeRule } from './hermite.ts';
import { hermite } from './hermite.ts';

/**
 * Slopes that keep a line monotone where its knots are (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 1984): the
 * weighted harmonic mean of the two secants, 0 at a local extremum; at the ends the three-point formula, limited.
 * The same as SciPy's PchipInterpolator.
 */
const monotoneSlopes: SlopeRule = (knots) => {
  const gaps = knots.length - 1;
  const widths = Float64Array.from({ length: gaps }, (_, n) => (knots[n + 1] ?? 0) - (knots[n] ?? 0));
  const secants = new Float64Array(gaps);
  return (values, slopes) => {
    for (let n = 0; n < gaps; n++) secants[n] = ((values[n + 1] ?? 0) - (values[n] ?? 0)) / (widths[n] ?? 1);
    if (gaps === 1) {
      slopes.fill(secants[0] ?? 0);
      return;
    }
    for (let n = 1; n < gaps; n++) {
      const [before, after] = [secants[n - 1] ?? 0, secants[n] ?? 0];
      if (before * after <= 0) {
        slopes[n] = 0;
        continue;
      }
      const weightBefore = 2 * (widths[n] ?? 1) + (widths[n - 1] ?? 1);
      const weightAfter = (widths[n] ?? 1) + 2 * (widths[n - 1] ?? 1);
      slopes[n] = (weightBefore + weightAfter) / (weightBefore / before + weightAfter / after);
    }
    slopes[0] = endSlope(widths[0] ?? 1, widths[1] ?? 1, secants[0] ?? 0, secants[1] ?? 0);
    slopes[gaps] = endSlope(
      widths[gaps - 1] ?? 1,
      widths[gaps - 2] ?? 1,
      secants[gaps - 1] ?? 0,
      secants[gaps - 2] ?? 0,
    );
  };
};

/** Three-point slope at an end, limited so that the end piece stays monotone. `near` is the end's own gap. */
function endSlope(near: number, next: number, nearSecant: number, nextSecant: number): number {
  const slope = ((2 * near + next) * nearSecant - near * nextSecant) / (near + next);
  if (Math.sign(slope) !== Math.sign(nearSecant)) return 0;
  if (Math.sign(nearSecant) !== Math.sign(nextSecant) && Math.abs(slope) > 3 * Math.abs(nearSecant))
    return 3 * nearSecant;
  return slope;
}

/** Monotone piecewise cubic interpolation. */
export const pchip = hermite(monotoneSlopes);
