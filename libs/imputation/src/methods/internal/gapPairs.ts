import { evenEndSlope, evenSlope, phaseWeights } from '../../lines/pchip.ts';

/**
 * Low-resolution planes and what belongs in their gaps. A plane is a set of parallel lines, of which one in `every`
 * is known; `lines` counts the known ones, gap g lies between known lines g and g + 1, and a column runs across.
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

/** The same, with the factor of what the network is to give. */
export interface Gains extends FeatureGains {
  readonly target: number;
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
      const a = values[near + at];
      const b = values[next + at];
      const half = 0.5 * (a + b);
      out[to] = half;
      out[to + size] = (b - a) * gains.difference;
      out[to + 2 * size] = (0.5 * (values[before + at] + values[after + at]) - half) * gains.curvature;
    }
  }
}

/**
 * The lines of a gap that the network corrects, counted from the known line before it: 1 .. every - 1 where known lines
 * are samples. Where they are averages, the lines at both ends are unknown too: 0 .. every.
 */
export function gapPhases(every: number, isThick: boolean): number[] {
  return isThick
    ? Array.from({ length: every + 1 }, (_, j) => j)
    : Array.from({ length: every - 1 }, (_, j) => j + 1);
}

/** A plane with all of its lines known: the lines between its known ones are what is to be found. */
export interface SimulatedPlane {
  readonly view: PlaneView;
  /** All lines, unaveraged, laid out like the view's values. */
  readonly truth: Float32Array;
  /** From one line to the next, known or not. */
  readonly phaseStride: number;
  readonly columns: number;
}

/** Which lines of a gap are to be found. */
export interface GapLines {
  /** Every how many lines one is known. */
  readonly every: number;
  /** See `gapPhases`. */
  readonly phases: readonly number[];
}

/**
 * Writes what the network should add to PCHIP, shape (phases, gaps, columns), times `gain`: the true lines of each gap
 * at the given phases, minus the PCHIP interpolant of the known lines.
 */
export function writeTargets(
  { view, truth, phaseStride }: SimulatedPlane,
  { every, phases }: GapLines,
  window: Window,
  gain: number,
  out: Float32Array,
  offset: number,
): void {
  const { values, lineStride } = view;
  const { gapStart, gaps, columnStart, columns } = window;
  const size = gaps * columns;
  const weights = phases.map((phase) => phaseWeights(phase / every));
  for (let g = 0; g < gaps; g++) {
    const near = view.origin + (gapStart + g) * lineStride + columnStart * view.columnStride;
    for (let c = 0; c < columns; c++) {
      const at = near + c * view.columnStride;
      const a = values[at];
      const b = values[at + lineStride];
      const slopeA = monotoneSlope(view, at, gapStart + g);
      const slopeB = monotoneSlope(view, at + lineStride, gapStart + g + 1);
      for (let j = 0; j < phases.length; j++) {
        const { rise, left, right } = weights[j];
        const interpolant = a + rise * (b - a) + left * slopeA + right * slopeB;
        out[offset + j * size + g * columns + c] = (truth[at + phases[j] * phaseStride] - interpolant) * gain;
      }
    }
  }
}

/** PCHIP's slope at a known line (index `at`) of evenly spaced lines, per gap. */
function monotoneSlope({ values, lineStride, lines }: PlaneView, at: number, line: number): number {
  const secant = (gapsAhead: number): number =>
    values[at + (gapsAhead + 1) * lineStride] - values[at + gapsAhead * lineStride];
  if (lines === 2) return secant(line === 0 ? 0 : -1);
  if (line === 0) return evenEndSlope(secant(0), secant(1));
  if (line === lines - 1) return evenEndSlope(secant(-1), secant(-2));
  return evenSlope(secant(-1), secant(0));
}
