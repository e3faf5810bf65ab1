import { type Grid, voxelCount, voxelSizes } from '@oinr/volume';

/** A mask of 0 and 1, x fastest. */
type Mask = Uint8Array;

/**
 * Squared distance in mm from every voxel to the nearest voxel that is 1, from centre to centre; Infinity where there
 * is none. Exact, one pass per axis over parabolas: P. Felzenszwalb, D. Huttenlocher, Theory of Computing 8 (2012), 415.
 */
function squaredDistances(mask: Mask, { shape, affine }: Grid): Float64Array {
  const sizes = voxelSizes(affine);
  const squared = Float64Array.from(mask, (value) => (value === 1 ? 0 : Infinity));
  let stride = 1;
  for (const axis of [0, 1, 2] as const) {
    const length = shape[axis];
    const line = new Float64Array(length);
    for (let start = 0; start < squared.length; start += 1) {
      if (Math.floor(start / stride) % length !== 0) continue;
      for (let n = 0; n < length; n += 1) line[n] = squared[start + n * stride];
      const lowest = lowerEnvelope(line, sizes[axis]);
      for (let n = 0; n < length; n += 1) squared[start + n * stride] = lowest[n];
    }
    stride *= length;
  }
  return squared;
}

/** min over m of line[m] + (size (n - m))^2, for every n. */
function lowerEnvelope(line: Float64Array, size: number): Float64Array {
  const length = line.length;
  const result = new Float64Array(length).fill(Infinity);
  const vertices: number[] = [];
  const begins: number[] = [];
  const height = (m: number): number => line[m] / size ** 2 + m ** 2;
  for (let m = 0; m < length; m += 1) {
    if (line[m] === Infinity) continue;
    let begin = -Infinity;
    while (vertices.length > 0) {
      const last = vertices[vertices.length - 1];
      begin = (height(m) - height(last)) / (2 * (m - last));
      if (begin > begins[begins.length - 1]) break;
      vertices.pop();
      begins.pop();
      begin = -Infinity;
    }
    vertices.push(m);
    begins.push(begin);
  }
  let place = 0;
  for (let n = 0; n < length && vertices.length > 0; n += 1) {
    while (place + 1 < vertices.length && begins[place + 1] < n) place += 1;
    const m = vertices[place];
    result[n] = line[m] + (size * (n - m)) ** 2;
  }
  return result;
}

/** Every voxel within `radius` mm of a voxel of the mask. */
export function dilateMask(mask: Mask, grid: Grid, radius: number): Mask {
  return Uint8Array.from(squaredDistances(mask, grid), (value) => (value <= radius ** 2 ? 1 : 0));
}

/** Every voxel that is farther than `radius` mm from all voxels outside the mask; outside the grid nothing counts. */
export function erodeMask(mask: Mask, grid: Grid, radius: number): Mask {
  const outside = mask.map((value) => 1 - value);
  return Uint8Array.from(squaredDistances(outside, grid), (value) => (value > radius ** 2 ? 1 : 0));
}

/** The largest set of voxels that hang together by their faces; empty for an empty mask. */
export function largestComponent(mask: Mask, grid: Grid): Mask {
  const [nx, ny] = grid.shape;
  const count = voxelCount(grid);
  const labels = new Int32Array(count);
  const waiting = new Int32Array(count);
  let best = 0;
  let bestSize = 0;
  let label = 0;
  for (let seed = 0; seed < count; seed += 1) {
    if (mask[seed] === 0 || labels[seed] !== 0) continue;
    label += 1;
    let [done, found] = [0, 1];
    waiting[0] = seed;
    labels[seed] = label;
    const visit = (voxel: number): void => {
      if (mask[voxel] === 0 || labels[voxel] !== 0) return;
      labels[voxel] = label;
      waiting[found] = voxel;
      found += 1;
    };
    while (done < found) {
      const voxel = waiting[done];
      done += 1;
      const x = voxel % nx;
      const y = Math.floor(voxel / nx) % ny;
      if (x > 0) visit(voxel - 1);
      if (x < nx - 1) visit(voxel + 1);
      if (y > 0) visit(voxel - nx);
      if (y < ny - 1) visit(voxel + nx);
      if (voxel >= nx * ny) visit(voxel - nx * ny);
      if (voxel < count - nx * ny) visit(voxel + nx * ny);
    }
    if (found > bestSize) [best, bestSize] = [label, found];
  }
  return Uint8Array.from(labels, (value) => (best !== 0 && value === best ? 1 : 0));
}
