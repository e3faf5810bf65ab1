import {
  correlationOfT,
  labelDirection,
  type Model,
  type ScoreScale,
  scoreScaleOf,
  tieTolerance,
  tOfCorrelation,
  twoSampleT,
  twoSampleTWithinKinds,
} from './model.ts';
import type { MaskSmoother } from './smoothing.ts';
import type { VoxelFacts } from './standardise.ts';
import { blockVoxels, SubjectData } from './subjectData.ts';
import type { Extrema, SharedState } from './tasks.ts';
import { groupSums, welchScore } from './welch.ts';

/** The shared state as one thread sees it: typed arrays over the same memory, and the arithmetic on them. */
export class ThreadView implements VoxelFacts {
  readonly state: SharedState;
  readonly model: Model;
  readonly data: SubjectData;
  readonly tested: Uint8Array;
  readonly t: Float64Array;
  readonly norms: Float64Array;
  readonly scores: Float64Array;
  readonly counts: Uint32Array;
  readonly clusterNull: Float64Array;
  readonly tfceNull: Float64Array;
  readonly maps: Float32Array;
  /** relabelings x subjects. */
  readonly rows: Uint8Array | Uint16Array;
  readonly scoreScale: ScoreScale;
  readonly #control: Int32Array;

  constructor(state: SharedState) {
    this.state = state;
    this.model = state.model;
    this.data = SubjectData.share(state.data);
    this.tested = new Uint8Array(state.tested);
    this.t = new Float64Array(state.t);
    this.norms = new Float64Array(state.norms);
    this.scores = new Float64Array(state.scores);
    this.counts = new Uint32Array(state.counts);
    this.clusterNull = new Float64Array(state.clusterNull);
    this.tfceNull = new Float64Array(state.tfceNull);
    this.maps = new Float32Array(state.maps ?? new SharedArrayBuffer(0));
    this.rows = this.hasCovariates ? new Uint16Array(state.rows) : new Uint8Array(state.rows);
    this.scoreScale = scoreScaleOf(state.model);
    this.#control = new Int32Array(state.control);
  }

  get hasCovariates(): boolean {
    return this.model.basis.length > 0;
  }

  /** Scores are real numbers, not sums in fixed point. */
  get hasRealScores(): boolean {
    return this.hasCovariates || this.model.statistic === 'welch';
  }

  /** Voxels of all blocks: the length of a map. */
  get paddedVoxels(): number {
    return this.data.blocks * blockVoxels;
  }

  /** Takes the next piece of work. */
  next(): number {
    return Atomics.add(this.#control, 0, 1);
  }

  /** Says that a piece is done, for the progress line. */
  done(): void {
    Atomics.add(this.#control, 1, 1);
  }

  /** One relabeling: labels, or a permutation. */
  row(relabeling: number): Uint8Array | Uint16Array {
    const { subjects } = this.model;
    return this.rows.subarray(relabeling * subjects, (relabeling + 1) * subjects);
  }

  /** Bit per voxel of a block that is tested. */
  testedLanes(block: number): number {
    let bits = 0;
    for (let lane = 0; lane < blockVoxels; lane++) {
      if (this.tested[block * blockVoxels + lane]) bits |= 1 << lane;
    }
    return bits;
  }

  /**
   * The observed score of a block's voxels: what statistics are compared by. Without covariates the sum over the
   * first group in fixed point, with covariates the partial correlation, of Welch what welchScore says; all grow with T.
   */
  observeBlock(block: number): void {
    const { labels, groups, subjects, degreesOfFreedom, statistic } = this.model;
    const sums = new Float64Array(blockVoxels);
    const values = this.data.fixedPoint(block);
    if (statistic === 'welch') {
      for (let lane = 0; lane < blockVoxels; lane++) {
        const { first, all } = groupSums(values, lane, labels);
        sums[lane] = welchScore(first, all, groups);
      }
    } else if (!this.hasCovariates) {
      for (let i = 0; i < subjects; i++) {
        if (!labels[i]) continue;
        for (let lane = 0; lane < blockVoxels; lane++) sums[lane] += values[i * blockVoxels + lane];
      }
    }
    const firstVoxel = block * blockVoxels;
    for (let lane = 0; lane < blockVoxels && firstVoxel + lane < this.data.voxels; lane++) {
      const voxel = firstVoxel + lane;
      const score = this.hasCovariates ? correlationOfT(this.t[voxel], degreesOfFreedom) : sums[lane];
      this.scores[voxel] = this.tested[voxel] ? score : Number.NaN;
    }
  }

  /**
   * Adds counts of a block, three rows of 16 as `counts` has them. A block belongs to one thread, so nobody else writes
   * its counts.
   */
  addCounts(firstVoxel: number, counts: Int32Array): void {
    const { voxels } = this.data;
    for (let tail = 0; tail < 3; tail++) {
      for (let lane = 0; lane < blockVoxels && firstVoxel + lane < voxels; lane++) {
        const at = tail * voxels + firstVoxel + lane;
        this.counts[at] = this.counts[at] + counts[tail * blockVoxels + lane];
      }
    }
  }

  /** T of a score of counting: of a relabeling at a voxel. */
  tOfScore(relabeling: number, voxel: number, score: number): number {
    const { scale, degreesOfFreedom, exactAbove } = this.scoreScale;
    const r = score / scale;
    return r * r > exactAbove ? this.#exactT(relabeling, voxel) : tOfCorrelation(r, degreesOfFreedom);
  }

  /** Near |r| = 1 the fixed-point sum has too few digits for 1 - r^2: T is computed from the data. */
  #exactT(relabeling: number, voxel: number): number {
    const block = Math.floor(voxel / blockVoxels);
    const place = [this.data.fixedPoint(block), voxel % blockVoxels, blockVoxels] as const;
    const labels = this.row(relabeling);
    const { kinds, groups, degreesOfFreedom } = this.model;
    return kinds === undefined
      ? twoSampleT(...place, labels, groups)
      : twoSampleTWithinKinds(...place, labelDirection(labels, this.model), degreesOfFreedom);
  }

  /** Sets the maps to 0 at a block's untested voxels: they are in neither tail. */
  clearUntested(block: number, count: number): void {
    const numbers = this.state.smoothing ? 2 : 1;
    for (let lane = 0; lane < blockVoxels; lane++) {
      const voxel = block * blockVoxels + lane;
      if (this.tested[voxel]) continue;
      for (let index = 0; index < count; index++) {
        const at = numbers * (index * this.paddedVoxels + voxel);
        this.maps.fill(0, at, at + numbers);
      }
    }
  }

  /** The map of T of relabeling `index` of the current mapping task, 0 where untested. */
  mapOf(index: number): Float32Array {
    const start = index * this.paddedVoxels;
    return this.maps.subarray(start, start + this.data.voxels);
  }

  /**
   * T with smoothed variance (pseudo-t) of relabeling `index` of the current mapping task: the difference of means
   * over its standard error, whose residual variance is smoothed within the mask.
   */
  smoothedT(index: number, smoother: MaskSmoother, heights: Float32Array): void {
    const { degreesOfFreedom } = this.model;
    const voxels = this.data.voxels;
    const start = index * this.paddedVoxels;
    const variance = new Float64Array(voxels);
    const difference = new Float64Array(voxels);
    for (let voxel = 0; voxel < voxels; voxel++) {
      const at = 2 * (start + voxel);
      const norm = this.norms[voxel];
      difference[voxel] = this.maps[at] * norm;
      variance[voxel] = (this.maps[at + 1] * norm * norm) / degreesOfFreedom;
    }
    smoother.smooth(variance);
    for (let voxel = 0; voxel < voxels; voxel++) {
      heights[voxel] = this.tested[voxel] ? difference[voxel] / Math.sqrt(variance[voxel]) : Number.NaN;
    }
  }

  /** Counts and extrema of one map against the observed one. */
  compareMap(heights: Float32Array, counts: Uint32Array, extrema: Extrema, index: number): void {
    const voxels = this.data.voxels;
    const tolerance = tieTolerance * Math.sqrt(this.model.degreesOfFreedom);
    let top = Number.NEGATIVE_INFINITY;
    let bottom = Number.POSITIVE_INFINITY;
    for (let voxel = 0; voxel < voxels; voxel++) {
      if (!this.tested[voxel]) continue;
      const value = heights[voxel];
      const observed = this.scores[voxel];
      if (value >= observed - tolerance) counts[voxel] = counts[voxel] + 1;
      if (value <= observed + tolerance) counts[voxels + voxel] = counts[voxels + voxel] + 1;
      if (Math.abs(value) >= Math.abs(observed) - tolerance) {
        counts[2 * voxels + voxel] = counts[2 * voxels + voxel] + 1;
      }
      if (value > top) {
        top = value;
        extrema.topVoxel[index] = voxel;
      }
      if (value < bottom) {
        bottom = value;
        extrema.bottomVoxel[index] = voxel;
      }
    }
    extrema.top[index] = top;
    extrema.bottom[index] = bottom;
  }
}
