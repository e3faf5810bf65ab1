import { type Connectivity, earlierRows, type NeighbouringRow, type PaddedGrid } from './maskGrid.ts';

/** Largest extent and mass of the clusters of both tails; 0 where a tail has none. */
export interface ClusterMaxima {
  readonly extentGt: number;
  readonly extentLt: number;
  readonly massGt: number;
  readonly massLt: number;
}

/**
 * Finds connected components among a few voxels of a mask. Voxels that follow each other in a row of the image and lie
 * in the same tail make a run; runs are joined by union-find with those in the neighbouring rows, which are met by going
 * through the list of runs twice, a row and a slice behind. So the image itself is never looked at, and all that is stays
 * in the first cache. One finder is made per thread and used for every relabeling.
 */
export class ClusterFinder {
  readonly #placeOfVoxel: Int32Array;
  readonly #slices: readonly (readonly NeighbouringRow[])[];
  #runs = runsOf(0);
  /** Per voxel of the list: first its run, then the first voxel of its component. */
  #roots = new Int32Array(0);
  #extents = new Int32Array(0);
  #masses = new Float64Array(0);

  constructor(grid: PaddedGrid, connectivity: Connectivity) {
    this.#placeOfVoxel = grid.placeOfVoxel;
    this.#slices = earlierRows(grid, connectivity);
  }

  /**
   * Components of the voxels `voxels[0 .. count-1]` (numbers in the mask, ascending), those with positive and with
   * negative `values` apart. Returns for every voxel the number (in the list) of its component's first voxel; the
   * array is valid until the next call.
   */
  find(voxels: ArrayLike<number>, values: ArrayLike<number>, count: number): Int32Array {
    if (this.#roots.length < count) {
      this.#runs = runsOf(2 * count);
      this.#roots = new Int32Array(2 * count);
    }
    const roots = this.#roots;
    const { firsts, begins, ends, tails, parents } = this.#runs;
    let run = -1;
    for (let i = 0; i < count; i++) {
      const place = this.#placeOfVoxel[voxels[i] as number] as number;
      const tail = (values[i] as number) > 0 ? 1 : 0;
      if (run < 0 || place !== (ends[run] as number) + 1 || tail !== tails[run]) {
        run++;
        firsts[run] = i;
        begins[run] = place;
        tails[run] = tail;
        parents[run] = run;
      }
      ends[run] = place;
      roots[i] = run;
    }
    for (const rows of this.#slices) joinSlice(this.#runs, run + 1, rows);
    for (let i = 0; i < count; i++) roots[i] = firsts[rootOf(parents, roots[i] as number)] as number;
    return roots;
  }

  /**
   * The largest clusters among supra-threshold voxels. `t` has the T of every voxel listed, |T| > threshold; extent
   * counts voxels, mass is the sum of |T| - threshold. Sums run in the order of the list, so that they do not depend
   * on who found the voxels.
   */
  maxima(voxels: ArrayLike<number>, t: ArrayLike<number>, count: number, threshold: number): ClusterMaxima {
    const roots = this.find(voxels, t, count);
    if (this.#extents.length < count) {
      this.#extents = new Int32Array(2 * count);
      this.#masses = new Float64Array(2 * count);
    }
    const extents = this.#extents.fill(0, 0, count);
    const masses = this.#masses.fill(0, 0, count);
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
}

/** Runs in file order: first voxel (number in the list), first and last place, tail, parent in the union-find. */
interface Runs {
  readonly firsts: Int32Array;
  readonly begins: Int32Array;
  readonly ends: Int32Array;
  readonly tails: Uint8Array;
  readonly parents: Int32Array;
}

function runsOf(most: number): Runs {
  return {
    firsts: new Int32Array(most),
    begins: new Int32Array(most),
    ends: new Int32Array(most),
    tails: new Uint8Array(most),
    parents: new Int32Array(most),
  };
}

/** Joins every run with those of its tail in the earlier rows of one slice, `rows` in file order. */
function joinSlice(
  { begins, ends, tails, parents }: Runs,
  count: number,
  rows: readonly NeighbouringRow[],
): void {
  const [first] = rows;
  const last = rows.at(-1);
  if (!first || !last) return;
  let head = 0;
  for (let run = 1; run < count; run++) {
    const begin = begins[run] as number;
    const end = ends[run] as number;
    const nearest = begin + first.distance - first.reach;
    const farthest = end + last.distance + last.reach;
    // Both loops end before the run itself, which lies beyond.
    while ((ends[head] as number) < nearest) head++;
    for (let other = head; (begins[other] as number) <= farthest; other++) {
      if (tails[other] === tails[run] && touches(rows, begin, end, begins[other], ends[other])) {
        join(parents, run, other);
      }
    }
  }
}

/** Whether a run from place `begin` to `end` has neighbours, in one of its neighbouring rows, from `from` to `to`. */
function touches(
  rows: readonly NeighbouringRow[],
  begin: number,
  end: number,
  from: number,
  to: number,
): boolean {
  for (let row = 0; row < rows.length; row++) {
    const { distance, reach } = rows[row] as NeighbouringRow;
    if (to >= begin + distance - reach && from <= end + distance + reach) return true;
  }
  return false;
}

/** The earlier root stays, so that a component is named by its first voxel. */
function join(parents: Int32Array, one: number, other: number): void {
  const a = rootOf(parents, one);
  const b = rootOf(parents, other);
  if (a < b) parents[b] = a;
  else parents[a] = b;
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
