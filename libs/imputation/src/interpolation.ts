import { axisLayout } from '@oinr/slices';
import { cubicSpline } from './cubicSpline.ts';
import { checkKnown, restoreKept } from './known.ts';
import { linear, nearest } from './linear.ts';
import type { Interpolation } from './lines.ts';
import { interpolateLines } from './lines.ts';
import type { ImputationMethod, KeptSlices } from './method.ts';
import { pchip } from './pchip.ts';

/** The interpolations along the slice axis, by name of method. */
export const interpolations = { nearest, linear, pchip, cubic: cubicSpline } as const;
export type InterpolationName = keyof typeof interpolations;

/** The full volume by interpolation along the slice axis; beyond the outermost kept slices they are repeated. */
export function interpolateVolume(known: KeptSlices, interpolation: Interpolation): Float32Array {
  const { inner, length, outer } = axisLayout(known.grid.shape, known.axis);
  const positions = Array.from({ length }, (_, p) => p);
  const lines = { values: known.data, inner, length: known.kept.length, outer };
  const volume = interpolateLines(lines, known.kept, positions, interpolation);
  restoreKept(volume, known);
  return volume;
}

function interpolationMethod(name: InterpolationName): ImputationMethod {
  return {
    name,
    async impute(known, context) {
      checkKnown(known);
      context.signal?.throwIfAborted();
      const data = interpolateVolume(known, interpolations[name]);
      context.onProgress?.(1);
      return { data, steps: 0, remarks: [], details: {} };
    },
  };
}

/** Nearest, linear, PCHIP and cubic spline interpolation (not-a-knot). The cubic spline is not clipped. */
export const interpolationMethods: readonly ImputationMethod[] = [
  interpolationMethod('nearest'),
  interpolationMethod('linear'),
  interpolationMethod('pchip'),
  interpolationMethod('cubic'),
];
