import { axisLayout } from '@oinr/slices';
import { restoreKept } from '../keptSlices.ts';
import type { KeptSlices } from '../method.ts';
import { cubicSpline } from './cubicSpline.ts';
import { linear, nearest } from './linear.ts';
import { interpolateLines, type LineInterpolation } from './lines.ts';
import { pchip } from './pchip.ts';

/** The interpolations along the slice axis, by name of method. */
export const interpolations = { nearest, linear, pchip, cubic: cubicSpline } as const;
export type InterpolationName = keyof typeof interpolations;

/** The full volume by interpolation along the slice axis; beyond the outermost kept slices they are repeated. */
export function interpolateVolume(known: KeptSlices, interpolation: LineInterpolation): Float32Array {
  const { inner, length, outer } = axisLayout(known.grid.shape, known.axis);
  const positions = Array.from({ length }, (_, p) => p);
  const lines = { values: known.data, inner, length: known.kept.length, outer };
  const volume = interpolateLines(lines, known.kept, positions, interpolation);
  restoreKept(volume, known);
  return volume;
}
