import { voxelSizes } from './affine.ts';
import type { Affine } from './volume.ts';

/** The inverse transpose of a 3x3 matrix in row-major order. */
function inverseTranspose(m: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = m;
  const cofactors = [
    e * i - f * h,
    f * g - d * i,
    d * h - e * g,
    c * h - b * i,
    a * i - c * g,
    b * g - a * h,
    b * f - c * e,
    c * d - a * f,
    a * e - b * d,
  ];
  const determinant = a * cofactors[0] + b * cofactors[1] + c * cofactors[2];
  return cofactors.map((value) => value / determinant);
}

/**
 * The orthogonal matrix nearest to the 3x3 part of a non-singular affine whose columns are first scaled to
 * length 1: 9 numbers, row-major. It is the orthogonal factor of the polar decomposition, found by Newton's
 * iteration R <- (R + R^-T) / 2 (Higham 1986, SIAM J. Sci. Stat. Comput. 7, 1160), which keeps the sign of
 * the determinant: mirrored grids stay mirrored.
 */
export function nearestRotation(affine: Affine): number[] {
  const sizes = voxelSizes(affine);
  let rotation = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => affine[4 * row + column] / sizes[column]),
  );
  for (let iteration = 0; iteration < 100; iteration++) {
    const opposite = inverseTranspose(rotation);
    const next = rotation.map((value, index) => (value + opposite[index]) / 2);
    const change = Math.max(...next.map((value, index) => Math.abs(value - rotation[index])));
    rotation = next;
    if (change < 1e-14) break;
  }
  return rotation;
}
