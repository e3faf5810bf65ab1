import type { SlopeRule } from './hermite.ts';
import { hermite } from './hermite.ts';

/**
 * Slopes of the twice continuously differentiable spline with not-a-knot ends: the first two pieces are one cubic,
 * and the last two (de Boor, A Practical Guide to Splines, chapter IV). Two knots give a line, three a parabola.
 * The same as SciPy's CubicSpline. The tridiagonal system depends on the knots alone and is factored once.
 */
const splineSlopes: SlopeRule = (knots) => {
  const count = knots.length;
  const gaps = count - 1;
  const width = (n: number): number => knots[n + 1] - knots[n];
  if (gaps < 3) return shortSlopes(knots);
  const lower = new Float64Array(count);
  const upper = new Float64Array(count);
  const pivot = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    let [below, diagonal, above] = [0, 0, 0];
    if (n === 0) [diagonal, above] = [width(1), width(0) + width(1)];
    else if (n === gaps) [below, diagonal] = [width(gaps - 1) + width(gaps - 2), width(gaps - 2)];
    else [below, diagonal, above] = [width(n), 2 * (width(n - 1) + width(n)), width(n - 1)];
    lower[n] = n === 0 ? 0 : below / pivot[n - 1];
    pivot[n] = n === 0 ? diagonal : diagonal - lower[n] * upper[n - 1];
    upper[n] = above;
  }
  const widths = Float64Array.from({ length: gaps }, (_, n) => width(n));
  const secants = new Float64Array(gaps);
  return (values, slopes) => {
    for (let n = 0; n < gaps; n++) secants[n] = (values[n + 1] - values[n]) / widths[n];
    slopes[0] = endTerm(widths[0], widths[1], secants[0], secants[1]);
    for (let n = 1; n < gaps; n++) {
      const right = 3 * (widths[n] * secants[n - 1] + widths[n - 1] * secants[n]);
      slopes[n] = right - lower[n] * slopes[n - 1];
    }
    const end = endTerm(widths[gaps - 1], widths[gaps - 2], secants[gaps - 1], secants[gaps - 2]);
    slopes[gaps] = (end - lower[gaps] * slopes[gaps - 1]) / pivot[gaps];
    for (let n = gaps - 1; n >= 0; n--) slopes[n] = (slopes[n] - upper[n] * slopes[n + 1]) / pivot[n];
  };
};

/** Right-hand side of the not-a-knot condition at an end. `near` is the end's own gap. */
function endTerm(near: number, next: number, nearSecant: number, nextSecant: number): number {
  const both = near + next;
  return ((near + 2 * both) * next * nearSecant + near * near * nextSecant) / both;
}

/** Two knots: a line; three: the parabola through them. */
function shortSlopes(knots: readonly number[]): ReturnType<SlopeRule> {
  const [x0, x1, x2] = knots;
  return (values, slopes) => {
    const [y0, y1, y2] = values;
    const first = (y1 - y0) / (x1 - x0);
    if (knots.length === 2) {
      slopes.fill(first);
      return;
    }
    const bend = ((y2 - y1) / (x2 - x1) - first) / (x2 - x0);
    slopes[0] = first - bend * (x1 - x0);
    slopes[1] = first + bend * (x1 - x0);
    slopes[2] = first + bend * (2 * x2 - x0 - x1);
  };
}

/** Cubic spline interpolation with not-a-knot ends. */
export const cubicSpline = hermite(splineSlopes);
