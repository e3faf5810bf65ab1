/**
 * Low-resolution planes and what belongs in their gaps. A plane is a set of parallel lines, of which every k-th is
 * known; `lines` counts the known ones, gap g lies between known lines g and g + 1, and a column runs across.
 * Strides may be negative: walking a plane backwards gives its mirror image.
 */
export interface PlaneView {
  readonly values: Float32Array;
  /** Index of line 0, column 0. */
  readonly origin: number;
  /** From one known line to the next. */
  readonly lineStride: number;
  readonly lines: number;
  readonly columnStride: number;
}

/** A part of a plane: gaps gapStart .. gapStart + gaps - 1, columns columnStart .. columnStart + columns - 1. */
export interface Window {
  readonly gapStart: number;
  readonly gaps: number;
  readonly columnStart: number;
  readonly columns: number;
}

/** The network's input functions of a gap: sum and difference of its two lines, and the outer curvature. */
export const gapChannels = 3;

/** Factors that bring difference and curvature to the size of the intensities. */
export interface FeatureGains {
  readonly difference: number;
  readonly curvature: number;
}

/**
 * Writes the input functions of a window, shape (3, gaps, columns), at `offset` of `out`: half the sum of the gap's
 * two lines; their difference; half the sum of the next lines outwards minus half the sum of these two. At the ends
 * of a plane the last line stands for the one beyond it.
 */
export function writeFeatures(
  plane: PlaneView,
  window: Window,
  gains: FeatureGains,
  out: Float32Array,
  offset: number,
): void {
  const { values, lineStride, lines, columnStride } = plane;
  const { gapStart, gaps, columnStart, columns } = window;
  const size = gaps * columns;
  for (let g = 0; g < gaps; g++) {
    const line = gapStart + g;
    const near = plane.origin + line * lineStride + columnStart * columnStride;
    const before = line > 0 ? near - lineStride : near;
    const next = near + lineStride;
    const after = line + 2 < lines ? next + lineStride : next;
    let to = offset + g * columns;
    for (let c = 0; c < columns; c++, to++) {
      const at = c * columnStride;
      const a = values[near + at] ?? 0;
      const b = values[next + at] ?? 0;
      const half = 0.5 * (a + b);
      out[to] = half;
      out[to + size] = (b - a) * gains.difference;
      out[to + 2 * size] =
        (0.5 * ((values[before + at] ?? 0) + (values[after + at] ?? 0)) - half) * gains.curvature;
    }
  }
}

/**
 * The lines of a gap of k that the network corrects, counted from the known line before it: 1 .. k - 1 where known
 * lines are samples. Where they are averages, the lines at both ends are unknown too: 0 .. k.
 */
export function gapPhases(every: number, isThick: boolean): number[] {
  return isThick
    ? Array.from({ length: every + 1 }, (_, j) => j)
    : Array.from({ length: every - 1 }, (_, j) => j + 1);
}

/**
 * Writes what the network should add to PCHIP, shape (phases, gaps, columns), times `gain`: the lines of `truth` (laid
 * out like the plane's values) at phase times `phaseStride` after each known line, minus the PCHIP interpolant of the
 * known lines.
 */
export function writeTargets(
  plane: PlaneView,
  truth: Float32Array,
  phaseStride: number,
  every: number,
  phases: readonly number[],
  window: Window,
  gain: number,
  out: Float32Array,
  offset: number,
): void {
  const { values, lineStride } = plane;
  const { gapStart, gaps, columnStart, columns } = window;
  const size = gaps * columns;
  const weights = hermiteWeights(every, phases);
  for (let g = 0; g < gaps; g++) {
    const near = plane.origin + (gapStart + g) * lineStride + columnStart * plane.columnStride;
    for (let c = 0; c < columns; c++) {
      const at = near + c * plane.columnStride;
      const a = values[at] ?? 0;
      const b = values[at + lineStride] ?? 0;
      const slopeA = monotoneSlope(plane, at, gapStart + g);
      const slopeB = monotoneSlope(plane, at + lineStride, gapStart + g + 1);
      for (let j = 0; j < phases.length; j++) {
        const [rise = 0, left = 0, right = 0] = weights[j] ?? [];
        const interpolant = a + rise * (b - a) + left * slopeA + right * slopeB;
        out[offset + j * size + g * columns + c] =
          ((truth[at + (phases[j] ?? 0) * phaseStride] ?? 0) - interpolant) * gain;
      }
    }
  }
}

/** Weights of the rise and of both end slopes at phases / k of a gap of width 1. */
function hermiteWeights(
  every: number,
  phases: readonly number[],
): readonly (readonly [number, number, number])[] {
  return phases.map((phase) => {
    const t = phase / every;
    return [t * t * (3 - 2 * t), t * (1 - t) ** 2, t * t * (t - 1)] as const;
  });
}

/** PCHIP's slope at a known line (index `at`) of evenly spaced lines, per gap; the rules are those of pchip.ts. */
function monotoneSlope({ values, lineStride, lines }: PlaneView, at: number, line: number): number {
  const here = values[at] ?? 0;
  const secant = (gapsAhead: number): number =>
    (values[at + (gapsAhead + 1) * lineStride] ?? 0) - (values[at + gapsAhead * lineStride] ?? 0);
  if (lines === 2) return secant(line === 0 ? 0 : -1);
  if (line === 0) return endSlope(secant(0), secant(1));
  if (line === lines - 1) return endSlope(secant(-1), secant(-2));
  const before = here - (values[at - lineStride] ?? 0);
  const after = (values[at + lineStride] ?? 0) - here;
  return before * after > 0 ? (2 * before * after) / (before + after) : 0;
}

function endSlope(near: number, next: number): number {
  const slope = 1.5 * near - 0.5 * next;
  if (slope * near <= 0) return 0;
  return near * next < 0 && Math.abs(slope) > 3 * Math.abs(near) ? 3 * near : slope;
}
