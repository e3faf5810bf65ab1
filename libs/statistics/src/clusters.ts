import { type Connectivity, earlierNeighbours, type PaddedGrid } from './maskGrid.ts';

/**
 * Finds connected components among a few voxels of a mask, by union-find over the voxels given (the rest of the
 * image is not looked at). One finder is made per thread and used for every relabeling.
 */
export class ClusterFinder {
  readonly #placeOfVoxel: Int32Array;
  readonly #neighbours: Int32Array;
  /** Per place: 1 in the positive tail, 2 in the negative one, 0 elsewhere. Asked first, since it fits into the cache. */
  readonly #tails: Uint8Array;
  /** Per place of a tail: number of the voxel in the list. */
  readonly #slots: Int32Array;
  #parents = new Int32Array(0);

  constructor(grid: PaddedGrid, connectivity: Connectivity) {
    this.#placeOfVoxel = grid.placeOfVoxel;
    this.#neighbours = earlierNeighbours(grid, connectivity);
    this.#tails = new Uint8Array(grid.places);
    this.#slots = new Int32Array(grid.places);
  }

  /**
   * Components of the voxels `voxels[0 .. count-1]` (numbers in the mask, ascending), those with positive and with
   * negative `values` apart. Returns for every voxel the number (in the list) of its component's first voxel; the
   * array is valid until the next call.
   */
  find(voxels: ArrayLike<number>, values: ArrayLike<number>, count: number): Int32Array {
    if (this.#parents.length < count) this.#parents = new Int32Array(2 * count);
    const parents = this.#parents;
    const slots = this.#slots;
    const tails = this.#tails;
    const places = this.#placeOfVoxel;
    const neighbours = this.#neighbours;
    for (let i = 0; i < count; i++) {
      const place = places[voxels[i] as number] as number;
      const tail = (values[i] as number) > 0 ? 1 : 2;
      parents[i] = i;
      let root = i;
      for (let n = 0; n < neighbours.length; n++) {
        const neighbour = place + (neighbours[n] as number);
        if (tails[neighbour] !== tail) continue;
        const other = rootOf(parents, slots[neighbour] as number);
        if (other === root) continue;
        // The earlier root stays, so that a component is named by its first voxel.
        if (other < root) {
          parents[root] = other;
          root = other;
        } else {
          parents[other] = root;
        }
      }
      slots[place] = i;
      tails[place] = tail;
    }
    for (let i = 0; i < count; i++) {
      tails[places[voxels[i] as number] as number] = 0;
      parents[i] = rootOf(parents, i);
    }
    return parents;
  }
}

function rootOf(parents: Int32Array, start: number): number {
  let at = start;
  for (;;) {
    const parent = parents[at] as number;
    if (parent === at) return at;
    parents[at] = parents[parent] as number;
    at = parent;
  }
}

/** Largest extent and mass of the clusters of both tails; 0 where a tail has none. */
export interface ClusterMaxima {
  readonly extentGt: number;
  readonly extentLt: number;
  readonly massGt: number;
  readonly massLt: number;
}

/**
 * The largest clusters among supra-threshold voxels. `t` has the T of every voxel listed, |T| > threshold; extent
 * counts voxels, mass is the sum of |T| - threshold. Sums run in the order of the list, so that they do not depend
 * on who found the voxels.
 */
export function clusterMaxima(
  finder: ClusterFinder,
  voxels: ArrayLike<number>,
  t: ArrayLike<number>,
  count: number,
  threshold: number,
): ClusterMaxima {
  const roots = finder.find(voxels, t, count);
  const extents = new Int32Array(count);
  const masses = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const root = roots[i] as number;
    extents[root] = (extents[root] as number) + 1;
    masses[root] = (masses[root] as number) + Math.abs(t[i] as number) - threshold;
  }
  let [extentGt, extentLt, massGt, massLt] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    if (roots[i] !== i) continue;
    const extent = extents[i] as number;
    const mass = masses[i] as number;
    if ((t[i] as number) > 0) {
      if (extent > extentGt) extentGt = extent;
      if (mass > massGt) massGt = mass;
    } else {
      if (extent > extentLt) extentLt = extent;
      if (mass > massLt) massLt = mass;
    }
  }
  return { extentGt, extentLt, massGt, massLt };
}
