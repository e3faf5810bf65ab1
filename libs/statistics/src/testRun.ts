import { UserError } from '@oinr/errors';
import { planBatches } from './batches.ts';
import { DesignError, type ResolvedDesign } from './design.ts';
import { padGrid } from './maskGrid.ts';
import { modelOf, tieTolerance } from './model.ts';
import { criticalValue, exceedanceCounts } from './nullDistribution.ts';
import { type Relabelings, smallestP } from './relabelings.ts';
import { blockVoxels, type SubjectData } from './subjectData.ts';
import type { SharedState, TaskResult, VoxelList } from './tasks.ts';
import type { PermutationTestOptions, PermutationTestResult, TestCheckpoint } from './testTypes.ts';
import { InlinePool, type Pool, ThreadPool } from './threadPool.ts';
import { ThreadView } from './threadView.ts';

/** Voxels x subjects x relabelings that take less time (some 50 ms) than starting threads. */
const inlineWork = 1e8;

/** One run: the shared memory, the threads, and what is gathered from them. */
export class TestRun {
  readonly #data: SubjectData;
  readonly #design: ResolvedDesign;
  readonly #relabelings: Relabelings;
  readonly #options: PermutationTestOptions;
  readonly #threads: number;
  readonly #state: SharedState;
  readonly #view: ThreadView;
  /** Four rows of one number per relabeling: largest and smallest score, their T. */
  readonly #extremes: Float64Array;

  constructor(
    data: SubjectData,
    design: ResolvedDesign,
    relabelings: Relabelings,
    options: PermutationTestOptions,
    threads: number,
  ) {
    this.#data = data;
    this.#design = design;
    this.#relabelings = relabelings;
    this.#options = options;
    this.#threads = threads;
    const { voxels } = data;
    const padded = data.blocks * blockVoxels;
    const { count } = relabelings;
    const rows = new SharedArrayBuffer(relabelings.rows.byteLength);
    new Uint8Array(rows).set(
      new Uint8Array(relabelings.rows.buffer, relabelings.rows.byteOffset, relabelings.rows.byteLength),
    );
    const model = modelOf(design);
    const { batch, mapBatch, mapsWhileCounting } = planBatches({
      voxels,
      relabelings: count,
      subjects: design.subjects,
      covariates: design.basis.length,
      degreesOfFreedom: design.degreesOfFreedom,
      clusterThreshold: options.clusters?.threshold,
      tfce: options.tfce !== undefined,
      smoothing: options.varianceSigma !== undefined,
      batch: options.batch,
    });
    const mapNumbers = options.varianceSigma ? 2 : 1;
    this.#state = {
      data: data.handle,
      model,
      rows,
      relabelings: count,
      tested: new SharedArrayBuffer(padded),
      t: new SharedArrayBuffer(8 * voxels),
      norms: new SharedArrayBuffer(8 * voxels),
      scores: new SharedArrayBuffer(8 * voxels),
      counts: new SharedArrayBuffer(12 * voxels),
      control: new SharedArrayBuffer(8),
      batch,
      mapBatch,
      mapsWhileCounting,
      maps: mapBatch > 0 ? new SharedArrayBuffer(4 * padded * mapBatch * mapNumbers) : undefined,
      grid: options.grid ? padGrid(options.grid) : undefined,
      clusters: options.clusters
        ? { threshold: options.clusters.threshold, connectivity: options.clusters.connectivity ?? 18 }
        : undefined,
      clusterNull: new SharedArrayBuffer(options.clusters ? 32 * count : 0),
      tfce: options.tfce ? { step: options.tfce.step ?? 0 } : undefined,
      tfceNull: new SharedArrayBuffer(options.tfce ? 16 * count : 0),
      smoothing: options.varianceSigma,
    };
    this.#view = new ThreadView(this.#state);
    this.#extremes = new Float64Array(4 * count);
  }

  async run(alpha: number): Promise<PermutationTestResult> {
    const { signal } = this.#options;
    const aborted = () =>
      signal?.reason instanceof Error ? signal.reason : new UserError('The test was stopped.');
    if (signal?.aborted) throw aborted();
    // Maps cost more per voxel than counting.
    const work = this.#data.voxels * this.#data.subjects * this.#relabelings.count;
    const isSmall =
      this.#options.isInline === true || work * (this.#state.mapBatch > 0 ? 10 : 1) < inlineWork;
    const pool = isSmall ? new InlinePool(this.#state) : new ThreadPool(this.#state, this.#threads);
    const onAbort = () => pool.stop(aborted());
    signal?.addEventListener('abort', onAbort);
    try {
      await this.#observe(pool);
      let done = this.#restore();
      while (done < this.#relabelings.count) {
        const count = Math.min(this.#state.batch, this.#relabelings.count - done);
        await this.#relabel(pool, done, count);
        done += count;
        if (done < this.#relabelings.count) await this.#options.onCheckpoint?.(this.#checkpoint(done));
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await pool.close();
    }
    return this.#result(alpha);
  }

  async #observe(pool: Pool): Promise<void> {
    const { blocks } = this.#data;
    const report = (share: number) =>
      this.#options.onProgress?.({ stage: 'standardise', share, relabelings: 0 });
    await pool.run({ kind: 'standardise' }, (pieces) => report(pieces / blocks));
    if (this.#view.tested.every((one) => one === 0)) {
      throw new DesignError(
        'No voxel of the mask can be tested: every one is constant over subjects or not finite in some image.',
      );
    }
    if (this.#state.smoothing) {
      await pool.run({ kind: 'maps', first: 0, count: 1 });
      await pool.run({ kind: 'enhance', first: 0, count: 1, observe: true });
    }
    report(1);
  }

  /** All there is to do with some relabelings. */
  async #relabel(pool: Pool, first: number, count: number): Promise<void> {
    const state = this.#state;
    const total = this.#relabelings.count;
    const { blocks } = this.#data;
    // Counting and mapping go over blocks of voxels, the rest over relabelings; maps cost the most where present.
    const countingShare = state.mapBatch === 0 ? 1 : state.smoothing ? 0 : 0.1;
    const report = (share: number) => {
      const relabelings = first + share * count;
      this.#options.onProgress?.({
        stage: 'relabel',
        share: relabelings / total,
        relabelings: Math.floor(relabelings),
      });
    };
    if (!state.smoothing) {
      const results = await pool.run({ kind: 'count', first, count }, (pieces) =>
        report((pieces / blocks) * countingShare),
      );
      this.#mergeExtrema(results, first, count);
      if (state.clusters) {
        const lists = results.map(({ list }) => list).filter((list): list is VoxelList => list !== undefined);
        await pool.run({ kind: 'clusters', first, count, lists });
      }
    }
    for (let done = 0; state.mapBatch > 0 && done < count; done += state.mapBatch) {
      const here = Math.min(state.mapBatch, count - done);
      if (!state.mapsWhileCounting) await pool.run({ kind: 'maps', first: first + done, count: here });
      const results = await pool.run(
        { kind: 'enhance', first: first + done, count: here, observe: false },
        (pieces) => report(countingShare + (1 - countingShare) * ((done + pieces) / count)),
      );
      if (state.smoothing) this.#mergeExtrema(results, first + done, here);
    }
    report(1);
  }

  /** The extremes of all threads; of equal ones the first in file order. */
  #mergeExtrema(results: readonly TaskResult[], first: number, count: number): void {
    const total = this.#relabelings.count;
    const view = this.#view;
    const tOf = (relabeling: number, voxel: number, score: number) =>
      this.#state.smoothing ? score : view.tOfScore(relabeling, voxel, score);
    for (let r = 0; r < count; r++) {
      let top = Number.NEGATIVE_INFINITY;
      let topVoxel = -1;
      let bottom = Number.POSITIVE_INFINITY;
      let bottomVoxel = -1;
      for (const { extrema } of results) {
        if (!extrema) continue;
        const [a, at, b, bt] = [
          extrema.top[r] as number,
          extrema.topVoxel[r] as number,
          extrema.bottom[r] as number,
          extrema.bottomVoxel[r] as number,
        ];
        if (at >= 0 && (a > top || (a === top && at < topVoxel))) [top, topVoxel] = [a, at];
        if (bt >= 0 && (b < bottom || (b === bottom && bt < bottomVoxel))) [bottom, bottomVoxel] = [b, bt];
      }
      const relabeling = first + r;
      this.#extremes[relabeling] = top;
      this.#extremes[total + relabeling] = bottom;
      this.#extremes[2 * total + relabeling] = tOf(relabeling, topVoxel, top);
      this.#extremes[3 * total + relabeling] = tOf(relabeling, bottomVoxel, bottom);
    }
  }

  #checkpoint(done: number): TestCheckpoint {
    return {
      done,
      counts: this.#view.counts.slice(),
      extremes: this.#extremes.slice(),
      clusterNull: this.#view.clusterNull.slice(),
      tfceNull: this.#view.tfceNull.slice(),
    };
  }

  #restore(): number {
    const { resume } = this.#options;
    if (!resume) return 0;
    this.#view.counts.set(resume.counts);
    this.#extremes.set(resume.extremes);
    this.#view.clusterNull.set(resume.clusterNull);
    this.#view.tfceNull.set(resume.tfceNull);
    return resume.done;
  }

  #result(alpha: number): PermutationTestResult {
    const { voxels } = this.#data;
    const view = this.#view;
    const { model } = this.#state;
    const total = this.#relabelings.count;
    const part = (row: number) => this.#extremes.slice(row * total, (row + 1) * total);
    const [top, bottom, topT, bottomT] = [part(0), part(1), part(2), part(3).map((t) => -t)];
    const largestOf = (a: Float64Array, b: Float64Array) =>
      a.map((value, r) => Math.max(value, b[r] as number));
    const scores = view.scores.slice();
    const tolerance = this.#state.smoothing
      ? tieTolerance * Math.sqrt(model.degreesOfFreedom)
      : tieTolerance * view.scoreScale.scale;
    const negated = bottom.map((value) => -value);
    const maximumT = { two: largestOf(topT, bottomT), gt: topT, lt: bottomT };
    const counts = (row: number) =>
      view.counts
        .slice(row * voxels, (row + 1) * voxels)
        .map((count, voxel) => (view.tested[voxel] ? count : 0));
    const testedVoxels = view.tested.subarray(0, voxels).reduce((sum, one) => sum + one, 0);
    const clusterRow = (row: number) => view.clusterNull.slice(row * total, (row + 1) * total);
    return {
      design: this.#design,
      relabelings: this.#relabelings,
      alpha,
      smallestP: smallestP(this.#design, this.#relabelings),
      testedVoxels,
      excludedVoxels: voxels - testedVoxels,
      t: view.t.slice(),
      uncorrectedCounts: { gt: counts(0), lt: counts(1), two: counts(2) },
      familyWiseCounts: {
        two: exceedanceCounts(scores.map(Math.abs), largestOf(top, negated), tolerance),
        gt: exceedanceCounts(scores, top, tolerance),
        lt: exceedanceCounts(
          scores.map((score) => -score),
          negated,
          tolerance,
        ),
      },
      maximumT,
      criticalT: {
        two: criticalValue(maximumT.two, alpha),
        gt: criticalValue(maximumT.gt, alpha),
        lt: criticalValue(maximumT.lt, alpha),
      },
      ...(this.#state.clusters && {
        clusterNull: {
          extentGt: clusterRow(0),
          extentLt: clusterRow(1),
          massGt: clusterRow(2),
          massLt: clusterRow(3),
        },
      }),
      ...(this.#state.tfce && {
        tfceNull: { gt: view.tfceNull.slice(0, total), lt: view.tfceNull.slice(total, 2 * total) },
      }),
    };
  }
}
