/**
 * The functions of the phase in which a correction is written: at the phase t of its gap (0 and 1 at the two kept
 * slices) the correction is sum_j c_j sin(j pi t), j = 1 .. J, and the network gives the c_j at every pixel. So one
 * network answers for every position between two slices, whether it is on a grid or not, and the correction
 * vanishes at kept slices by its form. With J = 7 the sines span every pattern of seven missing slices (k = 8).
 */
export function phaseFunctions(phase: number, count: number): number[] {
  return Array.from({ length: count }, (_, j) => Math.sin(Math.PI * (j + 1) * phase));
}

/** What the network is told of the geometry of a gap. */
export interface GapGeometry {
  /** Distance of the two kept slices' centres, in mm. */
  readonly distance: number;
  /** Pixel size within the slices, geometric mean of both directions, in mm. */
  readonly pixel: number;
  /** Thickness over which a kept slice averages, as a share of the gap: 0 for thin slices, 1 where they touch. */
  readonly thickness: number;
}

export const geometryFunctionCount = 7;
// Logarithms are taken from the middle of what was trained, so that the functions stay near +-1.
const middleDistance = 3;

/** Smooth functions of the geometry that scale the network's channels, 7 numbers. */
export function geometryFunctions({ distance, pixel, thickness }: GapGeometry): number[] {
  const g = Math.log2(distance / middleDistance);
  const p = Math.log2(pixel);
  return [g, g * g, p, g * p, p * p, thickness, thickness * g];
}

/** The trained range of a geometry: gap in pixels and in mm, pixel size in mm. */
export interface GeometryRange {
  readonly gapInPixels: readonly [number, number];
  readonly gap: readonly [number, number];
  readonly pixel: readonly [number, number];
}

/** A sentence that names what lies outside the range, or undefined where all lies inside (2 % tolerance). */
export function outsideRange({ distance, pixel }: GapGeometry, range: GeometryRange): string | undefined {
  const checks = [
    ['the distance of kept slices', distance, range.gap, 'mm'],
    ['the pixel size', pixel, range.pixel, 'mm'],
    ['the distance of kept slices', distance / pixel, range.gapInPixels, 'pixels'],
  ] as const;
  for (const [what, value, [low, high], unit] of checks) {
    if (value < low * 0.98 || value > high * 1.02) {
      return `${what} is ${value.toFixed(2)} ${unit}, and the operator was trained from ${low} to ${high} ${unit}`;
    }
  }
  return undefined;
}
