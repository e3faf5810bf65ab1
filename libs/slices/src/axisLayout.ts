import type { ArrayAxis } from '@oinr/volume';

/**
 * How the slices along one axis lie in an x-fastest array: voxel `i` of the run `o` of slice `p` is at
 * `i + inner * (p + length * o)`, with i < inner, p < length, o < outer. Along z a slice is one run (outer = 1);
 * along x its voxels lie apart (inner = 1).
 */
export interface AxisLayout {
  readonly inner: number;
  readonly length: number;
  readonly outer: number;
}

/** The layout of the slices of a volume of this shape [nx, ny, nz] along an array axis. */
export function axisLayout(shape: readonly [number, number, number], axis: ArrayAxis): AxisLayout {
  const [nx, ny, nz] = shape;
  if (axis === 0) return { inner: 1, length: nx, outer: ny * nz };
  if (axis === 1) return { inner: nx, length: ny, outer: nz };
  return { inner: nx * ny, length: nz, outer: 1 };
}
