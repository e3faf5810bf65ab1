import { CovariateRows } from './covariateRows.ts';
import { FoundVoxels } from './foundVoxels.ts';
import { countedAtOnce, Kernel, lineBytes } from './kernel.ts';
import { LabelTables } from './labelTables.ts';
import { correlationOfT, tieTolerance } from './model.ts';
import { blockVoxels } from './subjectData.ts';
import { type Extrema, emptyExtrema, type TaskResult } from './tasks.ts';
import type { ThreadView } from './threadView.ts';

const smallest = -(2 ** 31);
const largest = 2 ** 31 - 1;

/** Counts relabelings that reach the observed statistic, block of voxels by block of voxels. */
export class CountingKernel {
  readonly #view: ThreadView;
  readonly #kernel = new Kernel();
  readonly #tables: LabelTables;
  readonly #scratch: number;
  readonly #extrema: number;
  readonly #counting: number;
  readonly #places: number;
  readonly #rows: CovariateRows | undefined;
  readonly #found: FoundVoxels;
  readonly #t: number;

  constructor(view: ThreadView) {
    this.#view = view;
    const { basis } = view.model;
    const { batch, clusters } = view.state;
    const kernel = this.#kernel;
    this.#tables = new LabelTables(kernel, view, batch);
    this.#scratch = kernel.allocate(
      countedAtOnce * lineBytes + (1 + basis.length) * 16 * lineBytes + 4 * basis.length,
    );
    this.#extrema = kernel.allocate(batch * 32);
    this.#counting = kernel.allocate(512);
    this.#places = kernel.allocate(4 * blockVoxels);
    this.#t = kernel.allocate(view.state.mapsWhileCounting ? batch * lineBytes : 0);
    this.#rows = view.hasCovariates ? new CovariateRows(view, kernel, this.#tables.data) : undefined;
    this.#found = new FoundVoxels(kernel, view.hasCovariates ? 'float64' : 'int32', clusters ? batch : 0);
  }

  run(first: number, count: number): TaskResult {
    const view = this.#view;
    this.#tables.writeCodes(first, count, this.#rows?.orders(count));
    this.#rows?.write(count);
    this.#found.clear();
    const extrema = this.#rows ? this.#withCovariates(this.#rows, count) : this.#binary(first, count);
    return view.state.clusters ? { extrema, list: this.#found.sorted(count) } : { extrema };
  }

  /** Loads the next block that has a tested voxel; -1 when no block is left. Arrays made for another block are stale. */
  #nextBlock(): number {
    const view = this.#view;
    for (let block = view.next(); block < view.data.blocks; block = view.next()) {
      if (view.testedLanes(block) === 0) {
        view.done();
        continue;
      }
      const { grid, clusters } = view.state;
      this.#found.reserve();
      if (grid && clusters) {
        const first = block * blockVoxels;
        this.#kernel
          .int32(this.#places, blockVoxels)
          .set(grid.placeOfVoxel.subarray(first, first + blockVoxels));
      }
      this.#tables.load(view.data.fixedPoint(block));
      return block;
    }
    return -1;
  }

  #binary(first: number, count: number): Extrema {
    const view = this.#view;
    const { functions } = this.#kernel;
    const { degreesOfFreedom, sumAtPerfect } = view.model;
    const threshold = view.state.clusters?.threshold;
    // Strictly above: an integer sum exceeds a real bound where it exceeds the bound's floor.
    const upper =
      threshold === undefined
        ? largest
        : Math.floor(correlationOfT(threshold, degreesOfFreedom) * sumAtPerfect);
    const lower = threshold === undefined ? smallest : -upper;
    const tolerance = tieTolerance * sumAtPerfect;
    const extremes = this.#kernel.int32(this.#extrema, 6 * count);
    extremes.fill(smallest, 0, count);
    extremes.fill(-1, count, 2 * count);
    extremes.fill(largest, 2 * count, 3 * count);
    extremes.fill(-1, 3 * count, 4 * count);
    extremes.fill(smallest, 4 * count, 5 * count);
    extremes.fill(largest, 5 * count, 6 * count);
    for (let block = this.#nextBlock(); block >= 0; block = this.#nextBlock()) {
      const firstVoxel = block * blockVoxels;
      const counting = this.#kernel.int32(this.#counting, 6 * blockVoxels);
      for (let lane = 0; lane < blockVoxels; lane++) {
        const observed = view.scores[firstVoxel + lane];
        const known = !Number.isNaN(observed);
        counting[lane] = known ? Math.ceil(observed - tolerance) - 1 : 0;
        counting[blockVoxels + lane] = known ? Math.floor(observed + tolerance) + 1 : 0;
        counting[2 * blockVoxels + lane] = known ? Math.ceil(Math.abs(observed) - tolerance) - 1 : 0;
      }
      counting.fill(0, 3 * blockVoxels);
      const bytes = functions.relabelBlock(
        this.#tables.codes,
        this.#tables.groups,
        count,
        this.#scratch,
        this.#extrema,
        this.#counting,
        upper,
        lower,
        firstVoxel,
        view.testedLanes(block),
        this.#places,
        this.#found.end,
      );
      view.addCounts(firstVoxel, counting.subarray(3 * blockVoxels));
      if (view.state.mapsWhileCounting) this.#writeMaps(block, first, count);
      this.#found.add(bytes);
      view.done();
    }
    const result = emptyExtrema(count);
    const found = this.#kernel.int32(this.#extrema, 4 * count);
    for (let r = 0; r < count; r++) {
      result.topVoxel[r] = found[count + r];
      result.bottomVoxel[r] = found[3 * count + r];
      if (result.topVoxel[r] >= 0) result.top[r] = found[r];
      if (result.bottomVoxel[r] >= 0) result.bottom[r] = found[2 * count + r];
    }
    return result;
  }

  /** Maps of T from the sums of the block just counted, all of which are still there. */
  #writeMaps(block: number, first: number, count: number): void {
    const view = this.#view;
    const { maps, paddedVoxels } = view;
    const { sumAtPerfect, degreesOfFreedom } = view.model;
    const isNearPerfect = this.#kernel.functions.tOfSums(
      this.#scratch,
      count,
      1 / sumAtPerfect,
      degreesOfFreedom,
      this.#t,
    );
    const t = this.#kernel.float32(this.#t, count * blockVoxels);
    const sums = this.#kernel.int32(this.#scratch, count * blockVoxels);
    const firstVoxel = block * blockVoxels;
    for (let index = 0, from = 0; index < count; index++) {
      const start = index * paddedVoxels + firstVoxel;
      for (let lane = 0; lane < blockVoxels; lane++, from++) {
        maps[start + lane] = isNearPerfect
          ? view.tOfScore(first + index, firstVoxel + lane, sums[from])
          : t[from];
      }
    }
    view.clearUntested(block, count);
  }

  #withCovariates(rows: CovariateRows, count: number): Extrema {
    const view = this.#view;
    const { functions } = this.#kernel;
    const maxima = this.#kernel.float64(this.#extrema, 2 * count);
    maxima.fill(Number.NEGATIVE_INFINITY, 0, count);
    maxima.fill(Number.POSITIVE_INFINITY, count);
    this.#kernel.int32(this.#extrema + 16 * count, 2 * count).fill(-1);
    const bounds = this.#kernel.float32(this.#extrema + 24 * count, 2 * count);
    bounds.fill(Number.NEGATIVE_INFINITY, 0, count);
    bounds.fill(Number.POSITIVE_INFINITY, count);
    for (let block = this.#nextBlock(); block >= 0; block = this.#nextBlock()) {
      const firstVoxel = block * blockVoxels;
      const counts = this.#kernel.int32(this.#counting + 320, 3 * blockVoxels);
      rows.quantise(block, this.#counting);
      counts.fill(0);
      const bytes = functions.covariateBlock(
        rows.settings,
        rows.basis,
        this.#tables.data,
        rows.quantised,
        view.model.subjects,
        view.model.basis.length,
        rows.rows,
        rows.rowScale,
        rows.orderAddress,
        this.#tables.codes,
        this.#tables.groups,
        count,
        this.#scratch,
        this.#extrema,
        this.#counting,
        rows.errorOfLoadings,
        firstVoxel,
        view.testedLanes(block),
        this.#places,
        this.#found.end,
      );
      view.addCounts(firstVoxel, counts);
      this.#found.add(bytes);
      view.done();
    }
    const found = this.#kernel.float64(this.#extrema, 2 * count);
    const voxels = this.#kernel.int32(this.#extrema + 16 * count, 2 * count);
    return {
      top: found.slice(0, count),
      bottom: found.slice(count),
      topVoxel: voxels.slice(0, count),
      bottomVoxel: voxels.slice(count),
    };
  }
}
