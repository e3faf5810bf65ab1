import type { Grid } from '@oinr/volume';

/** A grid whose axes are x, y and z of the world: voxel (i, j, k) is centred at origin + spacing (i, j, k), in mm. */
export interface Lattice {
  readonly shape: readonly [number, number, number];
  readonly origin: readonly [number, number, number];
  readonly spacing: number;
}

/** The box of MNI space, edges in mm, that every phantom volume covers: the brain and some room around it. */
const LOW = [-76, -114, -70] as const;
const HIGH = [76, 80, 88] as const;

/**
 * The phantom's lattice with this voxel size in mm: as many voxels as cover the box, centred on it. At 2 mm it has
 * 76 x 97 x 79 voxels. `margin` widens the box on every side, in mm.
 */
export function phantomLattice(spacing: number, margin = 0): Lattice {
  const count = (axis: 0 | 1 | 2): number =>
    Math.ceil((HIGH[axis] - LOW[axis] + 2 * margin) / spacing - 1e-9);
  const first = (axis: 0 | 1 | 2): number => (LOW[axis] + HIGH[axis]) / 2 - ((count(axis) - 1) * spacing) / 2;
  return {
    shape: [count(0), count(1), count(2)],
    origin: [first(0), first(1), first(2)],
    spacing,
  };
}

/** Number of voxels. */
export function latticeSize({ shape }: Lattice): number {
  return shape[0] * shape[1] * shape[2];
}

/** The same voxels as a Grid in RAS+ mm. */
export function latticeGrid({ shape, origin, spacing }: Lattice): Grid {
  return {
    shape,
    affine: [spacing, 0, 0, origin[0], 0, spacing, 0, origin[1], 0, 0, spacing, origin[2], 0, 0, 0, 1],
  };
}

/**
 * The value at (x, y, z) in mm by linear interpolation between the eight neighbours; 0 outside the lattice.
 * `data` is x-fastest, one value per voxel of the lattice.
 */
export function sampleLinear(data: Float32Array, lattice: Lattice, x: number, y: number, z: number): number {
  const { shape, origin, spacing } = lattice;
  const u = (x - origin[0]) / spacing;
  const v = (y - origin[1]) / spacing;
  const w = (z - origin[2]) / spacing;
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(w);
  const nx = shape[0];
  const ny = shape[1];
  if (i < 0 || j < 0 || k < 0 || i + 1 >= nx || j + 1 >= ny || k + 1 >= shape[2]) return 0;
  const fx = u - i;
  const fy = v - j;
  const fz = w - k;
  const a = i + nx * (j + ny * k);
  const b = a + nx * ny;
  const near =
    (1 - fy) * (data[a] + fx * (data[a + 1] - data[a])) +
    fy * (data[a + nx] + fx * (data[a + nx + 1] - data[a + nx]));
  const far =
    (1 - fy) * (data[b] + fx * (data[b + 1] - data[b])) +
    fy * (data[b + nx] + fx * (data[b + nx + 1] - data[b + nx]));
  return near + fz * (far - near);
}
