import { type Affine, isUsableAffine, type Vector3 } from '@oinr/volume';
import { type ParameterMap, RegistrationError } from './elastix.ts';
import type { SplineWarp } from './splineWarp.ts';

/** The numbers of one entry of an elastix parameter map, as many as expected. */
function numbersOf(map: ParameterMap, name: string, count?: number): number[] {
  const numbers = (map[name] ?? []).map(Number);
  if (
    numbers.length === 0 ||
    (count !== undefined && numbers.length !== count) ||
    !numbers.every(Number.isFinite)
  )
    throw new RegistrationError(
      `elastix answered with ${numbers.length} numbers for ${name}${count === undefined ? '' : ` where ${count} were expected`}, or with something else than numbers.`,
    );
  return numbers;
}

/**
 * The affine of elastix's AffineTransform: y = A (x - c) + t + c, with the 9 entries of A row by row, then t, in
 * TransformParameters, and c in CenterOfRotationPoint.
 */
export function affineOf(map: ParameterMap): Affine {
  const p = numbersOf(map, 'TransformParameters', 12);
  const centre = numbersOf(map, 'CenterOfRotationPoint', 3);
  const row = (index: 0 | 1 | 2): number[] => {
    const [a, b, c] = p.slice(3 * index, 3 * index + 3);
    const turned = a * centre[0] + b * centre[1] + c * centre[2];
    return [a, b, c, p[9 + index] + centre[index] - turned];
  };
  const affine = [...row(0), ...row(1), ...row(2), 0, 0, 0, 1];
  if (!isUsableAffine(affine))
    throw new RegistrationError('The affine that elastix found flattens the brain.');
  return affine;
}

/** The control points of elastix's BSplineTransform of order 3, whose grid lies along the world's axes. */
export function warpOf(map: ParameterMap): SplineWarp {
  const triple = (name: string): Vector3 => {
    const [x, y, z] = numbersOf(map, name, 3);
    return [x, y, z];
  };
  const shape = triple('GridSize');
  const first = triple('GridIndex');
  const spacing = triple('GridSpacing');
  const origin = triple('GridOrigin');
  const at = (axis: 0 | 1 | 2): number => origin[axis] + first[axis] * spacing[axis];
  return {
    shape,
    spacing,
    origin: [at(0), at(1), at(2)],
    coefficients: Float64Array.from(
      numbersOf(map, 'TransformParameters', 3 * shape[0] * shape[1] * shape[2]),
    ),
  };
}
