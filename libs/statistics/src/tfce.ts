import type { PaddedGrid } from './maskGrid.ts';

/** Exponents of extent and height: Smith and Nichols' values for volumes. */
export const tfceExponents = { extent: 0.5, height: 2 } as const;

/**
 * Integral of h^2 from 0 to a height; with `step` > 0 the sum of h^2 * step over the steps h = step, 2 step, ... up
 * to the height.
 */
export function tfcePrimitive(height: number, step: number): number {
  if (step > 0) {
    const steps = Math.floor(height / step);
    return (step * step * step * steps * (steps + 1) * (2 * steps + 1)) / 6;
  }
  return (height * height * height) / 3;
}

/**
 * Threshold-free cluster enhancement of one tail of a map (S. M. Smith, T. E. Nichols, NeuroImage 44, 2009):
 * TFCE(v) = integral from 0 to T(v) of extent(h)^0.5 h^2 dh with 6 neighbours, exact, or in steps where `step` > 0.
 * `t` has one T per voxel of the mask (NaN is left out, Infinity allowed); `sign` is 1 for the positive tail, -1 for
 * the negative one. Returns one value per voxel, 0 outside the tail, NaN where T is NaN.
 *
 * Voxels are joined from the highest down; a voxel's value is the gain of its component since it joined, kept as
 * differences along the tree of unions.
 */
export function tfceMap(t: ArrayLike<number>, grid: PaddedGrid, sign: 1 | -1, step = 0): Float64Array {
  const { placeOfVoxel, strideY, strideZ } = grid;
  const neighbours = [-1, 1, -strideY, strideY, -strideZ, strideZ];
  // An infinite T joins at the height of the largest finite one: to the voxels below it makes no difference.
  const largest = Float64Array.from(t, (value) => sign * value)
    .filter(Number.isFinite)
    .reduce((most, value) => Math.max(most, value), 1);
  const heights = Float64Array.from(t, (value) => (sign * value === Infinity ? largest : sign * value));
  const order = Uint32Array.from(heights.keys())
    .filter((voxel) => heights[voxel] > 0)
    .sort((a, b) => heights[b] - heights[a] || a - b);
  const voxelAt = new Int32Array(grid.places).fill(-1);
  const parents = new Int32Array(heights.length).fill(-1);
  const extents = new Int32Array(heights.length);
  const levels = new Float64Array(heights.length);
  // Gain of a component's root; for the others, what to add to the gain of their parent.
  const gains = new Float64Array(heights.length);
  const settle = (root: number, level: number) => {
    const last = levels[root];
    if (last > level) {
      gains[root] = gains[root] + extents[root] ** tfceExponents.extent * (last - level);
      levels[root] = level;
    }
  };
  // No path is shortened here: the depth stays logarithmic because the smaller component joins the larger.
  const rootOf = (voxel: number) => {
    let at = voxel;
    while (parents[at] !== at) at = parents[at];
    return at;
  };
  for (const voxel of order) {
    const place = placeOfVoxel[voxel];
    const level = tfcePrimitive(heights[voxel], step);
    parents[voxel] = voxel;
    extents[voxel] = 1;
    levels[voxel] = level;
    voxelAt[place] = voxel;
    let root = voxel;
    for (const distance of neighbours) {
      const neighbour = voxelAt[place + distance];
      if (neighbour < 0) continue;
      let other = rootOf(neighbour);
      if (other === root) continue;
      settle(other, level);
      settle(root, level);
      if (extents[other] > extents[root]) [root, other] = [other, root];
      parents[other] = root;
      extents[root] = extents[root] + extents[other];
      gains[other] = gains[other] - gains[root];
    }
  }
  for (const voxel of order) if (parents[voxel] === voxel) settle(voxel, 0);
  const result = Float64Array.from(heights, (height) => (Number.isNaN(height) ? Number.NaN : 0));
  for (const voxel of order) {
    let at = voxel;
    let value = gains[at];
    while (parents[at] !== at) {
      at = parents[at];
      value += gains[at];
    }
    result[voxel] = sign * t[voxel] === Infinity ? Infinity : value;
  }
  return result;
}
