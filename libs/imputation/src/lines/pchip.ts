import type { SlopeRule } from './hermite.ts';
import { hermite } from './hermite.ts';

/**
 * Slopes that keep a line monotone where its knots are (Fritsch and Butland, SIAM J. Sci. Stat. Comput. 1984): the
 * weighted harmonic mean of the two secants, 0 at a local extremum; at the ends the three-point formula, limited.
 * The same as SciPy's PchipInterpolator.
 */
const monotoneSlopes: SlopeRule = (knots) => {
  const gaps = knots.length - 1;
  const widths = Float64Array.from({ length: gaps }, (_, n) => knots[n + 1] - knots[n]);
  const secants = new Float64Array(gaps);
  return (values, slopes) => {
    for (let n = 0; n < gaps; n++) secants[n] = (values[n + 1] - values[n]) / widths[n];
    if (gaps === 1) {
      slopes.fill(secants[0]);
      return;
    }
    for (let n = 1; n < gaps; n++) {
      const [before, after] = [secants[n - 1], secants[n]];
      if (before * after <= 0) {
        slopes[n] = 0;
        continue;
      }
      const weightBefore = 2 * widths[n] + widths[n - 1];
      const weightAfter = widths[n] + 2 * widths[n - 1];
      slopes[n] = (weightBefore + weightAfter) / (weightBefore / before + weightAfter / after);
    }
    slopes[0] = endSlope(widths[0], widths[1], secants[0], secants[1]);
    slopes[gaps] = endSlope(widths[gaps - 1], widths[gaps - 2], secants[gaps - 1], secants[gaps - 2]);
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

// The same for lines that lie evenly, one gap apart, where networks learn corrections of it: slopes are per gap and the
// harmonic mean has no weights. Written out, since the weights of the shipped operator rest on this very rounding.

/** The slope at a line with a neighbour on both sides, from the secants before and after it. */
export function evenSlope(before: number, after: number): number {
  return before * after > 0 ? (2 * before * after) / (before + after) : 0;
}

/** The slope at the outermost line, from the secant of its own gap and that of the next. */
export function evenEndSlope(near: number, next: number): number {
  return endSlope(1, 1, near, next);
}

/** What a gap's rise and its two end slopes count at the phase `t`, 0 at its first line and 1 at its second. */
export interface PhaseWeights {
  readonly rise: number;
  readonly left: number;
  readonly right: number;
}

export function phaseWeights(t: number): PhaseWeights {
  return { rise: t * t * (3 - 2 * t), left: t * (1 - t) ** 2, right: t * t * (t - 1) };
}
