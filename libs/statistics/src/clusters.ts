import { Kernel } from './kernel.ts';
import { type Connectivity, earlierRows, type PaddedGrid, voxelAt } from './maskGrid.ts';
import type { ScoreScale } from './model.ts';

/** Largest extent and mass of the clusters of both tails; 0 where a tail has none. */
export interface ClusterMaxima {
  readonly extentGt: number;
  readonly extentLt: number;
  readonly massGt: number;
  readonly massLt: number;
}

/** Some supra-threshold voxels of a map: places in the padded grid, ascending, and their scores. */
export interface ScoredPlaces {
  readonly places: Int32Array;
  readonly scores: Int32Array | Float64Array;
}

/**
 * T of a score at a voxel of the mask. Asked where T cannot be computed from the score with enough accuracy, since the
 * score is near that of a perfect separation of the groups.
 */
export type ExactT = (voxel: number, score: number) => number;

/** As in assembly/clusters.ts. */
const runBytes = 32;

/** Addresses of one list of voxels in the kernel's memory. */
interface ListAddress {
  readonly places: number;
  readonly values: number;
}

/**
 * Finds connected components among a few voxels of a mask, by the compiled kernel. One finder is made per thread and
 * used for every relabeling.
 */
export class ClusterFinder {
  readonly #grid: PaddedGrid;
  readonly #kernel = new Kernel();
  readonly #rows: number;
  readonly #rowCounts: readonly [sameSlice: number, earlierSlice: number];
  readonly #maxima: number;
  #capacity = 0;
  /** The list that is searched, and one for merging. */
  #lists: [current: ListAddress, spare: ListAddress] = [
    { places: 0, values: 0 },
    { places: 0, values: 0 },
  ];
  #scores = 0;
  #runs = 0;

  constructor(grid: PaddedGrid, connectivity: Connectivity) {
    this.#grid = grid;
    const [sameSlice = [], earlierSlice = []] = earlierRows(grid, connectivity);
    const rows = [...sameSlice, ...earlierSlice].flatMap(({ distance, reach }) => [distance, reach]);
    this.#rowCounts = [sameSlice.length, earlierSlice.length];
    this.#rows = this.#kernel.allocate(4 * rows.length);
    this.#kernel.int32(this.#rows, rows.length).set(rows);
    this.#maxima = this.#kernel.allocate(32);
  }

  /**
   * Components of the voxels `voxels[0 .. count-1]` (numbers in the mask, ascending), those with positive and with
   * negative `values` apart. Returns for every voxel the number (in the list) of its component's first voxel.
   */
  find(voxels: ArrayLike<number>, values: ArrayLike<number>, count: number): Int32Array {
    this.#load(voxels, values, count);
    const found = this.#findRuns(count, 0);
    const roots = this.#lists[1].places;
    this.#kernel.functions.firstVoxels(this.#runs, found, roots);
    return this.#kernel.int32(roots, count).slice();
  }

  /**
   * The largest clusters among supra-threshold voxels. `t` has the T of every voxel listed, |T| > threshold; extent
   * counts voxels, mass is the sum of |T| - threshold.
   */
  maxima(voxels: ArrayLike<number>, t: ArrayLike<number>, count: number, threshold: number): ClusterMaxima {
    this.#load(voxels, t, count);
    return this.#largest(count, threshold);
  }

  /**
   * The same for voxels that several threads found: they are merged into file order, so that sums do not depend on who
   * found them.
   */
  maximaOfParts(
    parts: readonly ScoredPlaces[],
    by: ScoreScale,
    exactT: ExactT,
    threshold: number,
  ): ClusterMaxima {
    this.#ensure(parts.reduce((sum, { places }) => sum + places.length, 0));
    let merged = 0;
    for (const part of parts) {
      const added = part.places.length;
      if (added === 0) continue;
      this.#loadBehind(merged, part, by, exactT);
      if (merged > 0) {
        const [{ places, values }, spare] = this.#lists;
        this.#kernel.functions.mergeLists(places, values, merged, added, spare.places, spare.values);
        this.#lists.reverse();
      }
      merged += added;
    }
    return this.#largest(merged, threshold);
  }

  #ensure(count: number): void {
    if (count <= this.#capacity) return;
    const capacity = Math.max(1024, 2 * count);
    const list = () => ({
      places: this.#kernel.allocate(4 * capacity),
      values: this.#kernel.allocate(8 * capacity),
    });
    this.#lists = [list(), list()];
    this.#scores = this.#kernel.allocate(8 * capacity);
    this.#runs = this.#kernel.allocate(runBytes * capacity);
    this.#capacity = capacity;
  }

  #load(voxels: ArrayLike<number>, values: ArrayLike<number>, count: number): void {
    this.#ensure(count);
    const [list] = this.#lists;
    const places = this.#kernel.int32(list.places, count);
    for (let i = 0; i < count; i++) {
      places[i] = this.#grid.placeOfVoxel[voxels[i]];
    }
    const to = this.#kernel.float64(list.values, count);
    for (let i = 0; i < count; i++) to[i] = values[i];
  }

  /** Puts a part's places and T behind the first `merged` voxels of the list. */
  #loadBehind(merged: number, { places, scores }: ScoredPlaces, by: ScoreScale, exactT: ExactT): void {
    const kernel = this.#kernel;
    const count = places.length;
    const [list] = this.#lists;
    kernel.int32(list.places + 4 * merged, count).set(places);
    const isInteger = scores instanceof Int32Array;
    if (isInteger) kernel.int32(this.#scores, count).set(scores);
    else kernel.float64(this.#scores, count).set(scores);
    const values = list.values + 8 * merged;
    const { scale, degreesOfFreedom, exactAbove } = by;
    const mustLook = kernel.functions.tOfScores(
      this.#scores,
      isInteger,
      count,
      scale,
      degreesOfFreedom,
      exactAbove,
      values,
    );
    if (!mustLook) return;
    const t = kernel.float64(values, count);
    for (let i = 0; i < count; i++) {
      const score = scores[i];
      if ((score / scale) ** 2 > exactAbove) t[i] = exactT(voxelAt(this.#grid, places[i]), score);
    }
  }

  #findRuns(count: number, threshold: number): number {
    const [{ places, values }] = this.#lists;
    const [sameSlice, earlierSlice] = this.#rowCounts;
    return this.#kernel.functions.findRuns(
      places,
      values,
      count,
      threshold,
      this.#rows,
      sameSlice,
      earlierSlice,
      this.#runs,
    );
  }

  #largest(count: number, threshold: number): ClusterMaxima {
    const found = this.#findRuns(count, threshold);
    this.#kernel.functions.largestComponents(this.#runs, found, this.#maxima);
    const [extentGt = 0, extentLt = 0, massGt = 0, massLt = 0] = this.#kernel.float64(this.#maxima, 4);
    return { extentGt, extentLt, massGt, massLt };
  }
}
