import type { Lattice } from './lattice.ts';
import { latticeSize } from './lattice.ts';

/**
 * A displacement in mm at every point of a lattice: point y of a subject shows what the base brain has at
 * y + (x, y, z)[y] ("pull-back"), so where it points outward from a structure, the structure gets smaller.
 */
export interface Displacement {
  readonly lattice: Lattice;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z: Float32Array;
}

/** No displacement anywhere. */
export function zeroDisplacement(lattice: Lattice): Displacement {
  const size = latticeSize(lattice);
  return { lattice, x: new Float32Array(size), y: new Float32Array(size), z: new Float32Array(size) };
}

/**
 * Writes the position (x, y, z) in mm moved by the displacement there (linear between lattice points, none outside)
 * into `moved`, which is reused because this runs millions of times a subject.
 */
export function movePoint(field: Displacement, x: number, y: number, z: number, moved: Float64Array): void {
  const { shape, origin, spacing } = field.lattice;
  const u = (x - origin[0]) / spacing;
  const v = (y - origin[1]) / spacing;
  const w = (z - origin[2]) / spacing;
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(w);
  const nx = shape[0];
  const ny = shape[1];
  moved[0] = x;
  moved[1] = y;
  moved[2] = z;
  if (i < 0 || j < 0 || k < 0 || i + 1 >= nx || j + 1 >= ny || k + 1 >= shape[2]) return;
  const fx = u - i;
  const fy = v - j;
  const fz = w - k;
  const index = i + nx * (j + ny * k);
  const w00 = (1 - fy) * (1 - fz);
  const w10 = fy * (1 - fz);
  const w01 = (1 - fy) * fz;
  const w11 = fy * fz;
  moved[0] += alongX(field.x, index, nx, nx * ny, fx, w00, w10, w01, w11);
  moved[1] += alongX(field.y, index, nx, nx * ny, fx, w00, w10, w01, w11);
  moved[2] += alongX(field.z, index, nx, nx * ny, fx, w00, w10, w01, w11);
}

function alongX(
  data: Float32Array,
  index: number,
  row: number,
  plane: number,
  fx: number,
  w00: number,
  w10: number,
  w01: number,
  w11: number,
): number {
  const near = w00 * data[index] + w10 * data[index + row];
  const far = w01 * data[index + plane] + w11 * data[index + plane + row];
  const nearNext = w00 * data[index + 1] + w10 * data[index + row + 1];
  const farNext = w01 * data[index + plane + 1] + w11 * data[index + plane + row + 1];
  return (1 - fx) * (near + far) + fx * (nearNext + farNext);
}

/** The displacement of moving by `first` and then, from there, by `second`; on the lattice of `first`. */
export function compose(first: Displacement, second: Displacement): Displacement {
  const { lattice } = first;
  const { shape, origin, spacing } = lattice;
  const result = zeroDisplacement(lattice);
  const moved = new Float64Array(3);
  let index = 0;
  for (let k = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++, index++) {
        const x = origin[0] + i * spacing;
        const y = origin[1] + j * spacing;
        const z = origin[2] + k * spacing;
        movePoint(second, x + first.x[index], y + first.y[index], z + first.z[index], moved);
        result.x[index] = moved[0] - x;
        result.y[index] = moved[1] - y;
        result.z[index] = moved[2] - z;
      }
    }
  }
  return result;
}

/**
 * The determinant of the derivative of y -> y + displacement(y) by central differences; 1 at the border. Above 1 the
 * subject's structure is smaller than the base's, by that factor; at 0 or below the tissue would be torn or folded.
 */
export function jacobianDeterminant({ lattice, x, y, z }: Displacement): Float32Array {
  const [nx, ny, nz] = lattice.shape;
  const result = new Float32Array(latticeSize(lattice)).fill(1);
  const scale = 1 / (2 * lattice.spacing);
  const plane = nx * ny;
  for (let k = 1; k < nz - 1; k++) {
    for (let j = 1; j < ny - 1; j++) {
      for (let i = 1; i < nx - 1; i++) {
        const n = i + nx * j + plane * k;
        const xx = 1 + scale * (x[n + 1] - x[n - 1]);
        const yx = scale * (y[n + 1] - y[n - 1]);
        const zx = scale * (z[n + 1] - z[n - 1]);
        const xy = scale * (x[n + nx] - x[n - nx]);
        const yy = 1 + scale * (y[n + nx] - y[n - nx]);
        const zy = scale * (z[n + nx] - z[n - nx]);
        const xz = scale * (x[n + plane] - x[n - plane]);
        const yz = scale * (y[n + plane] - y[n - plane]);
        const zz = 1 + scale * (z[n + plane] - z[n - plane]);
        result[n] = xx * (yy * zz - yz * zy) - xy * (yx * zz - yz * zx) + xz * (yx * zy - yy * zx);
      }
    }
  }
  return result;
}
