import { checkKnown } from '../keptSlices.ts';
import { type InterpolationName, interpolateVolume, interpolations } from '../lines/interpolateVolume.ts';
import type { ImputationMethod } from '../method.ts';

function interpolationMethod(
  name: InterpolationName,
  about: Pick<ImputationMethod, 'title' | 'description' | 'color'>,
): ImputationMethod {
  return {
    name,
    ...about,
    needs: [],
    isTrained: false,
    predicts: false,
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
  interpolationMethod('nearest', {
    title: 'Nearest neighbour',
    description: 'every missing slice is a copy of the nearest kept one.',
    color: '#000000',
  }),
  interpolationMethod('linear', {
    title: 'Linear',
    description: 'every voxel column along the slice axis is interpolated linearly between kept slices.',
    color: '#56b4e9',
  }),
  interpolationMethod('pchip', {
    title: 'PCHIP',
    description:
      'piecewise cubic Hermite polynomials along the slice axis whose slopes keep monotone runs monotone (Fritsch and Carlson, 1980).',
    color: '#0072b2',
  }),
  interpolationMethod('cubic', {
    title: 'Cubic',
    description: 'the not-a-knot cubic spline along the slice axis (de Boor, 1978).',
    color: '#cc79a7',
  }),
];
