import type { Vector3 } from '@oinr/volume';

/**
 * A smooth displacement: a cubic B-spline for each world axis on a regular grid of control points whose axes are the
 * world's. `coefficients`: displacements in mm, those along x of all control points (x fastest), then y, then z.
 * Source: D. Rueckert et al., IEEE TMI 18 (1999), 712.
 */
export interface SplineWarp {
  readonly shape: readonly [number, number, number];
  /** RAS+ mm of control point (0, 0, 0). */
  readonly origin: Vector3;
  /** mm between control points. */
  readonly spacing: Vector3;
  readonly coefficients: Float64Array;
}

/** Values of the four cubic B-splines that cover a point at `t` (0 to 1) between its two inner control points. */
function weightsAt(t: number): [number, number, number, number] {
  const s = 1 - t;
  return [s ** 3 / 6, (3 * t ** 3 - 6 * t ** 2 + 4) / 6, (3 * s ** 3 - 6 * s ** 2 + 4) / 6, t ** 3 / 6];
}

/**
 * The displacement in mm at a point in RAS+ mm; none where the point lacks one of the 4 x 4 x 4 control points around
 * it, as in ITK.
 */
export function displacementAt(
  { shape, origin, spacing, coefficients }: SplineWarp,
  point: Vector3,
): Vector3 {
  const first: number[] = [];
  const weights: (readonly number[])[] = [];
  for (const axis of [0, 1, 2] as const) {
    const place = (point[axis] - origin[axis]) / spacing[axis];
    const start = Math.floor(place) - 1;
    if (start < 0 || start + 3 >= shape[axis]) return [0, 0, 0];
    first.push(start);
    weights.push(weightsAt(place - Math.floor(place)));
  }
  const perAxis = shape[0] * shape[1] * shape[2];
  let [dx, dy, dz] = [0, 0, 0];
  for (let c = 0; c < 4; c++) {
    for (let b = 0; b < 4; b++) {
      const row = first[0] + shape[0] * (first[1] + b + shape[1] * (first[2] + c));
      const weight = weights[1][b] * weights[2][c];
      for (let a = 0; a < 4; a++) {
        const share = weight * weights[0][a];
        dx += share * coefficients[row + a];
        dy += share * coefficients[row + a + perAxis];
        dz += share * coefficients[row + a + 2 * perAxis];
      }
    }
  }
  return [dx, dy, dz];
}
