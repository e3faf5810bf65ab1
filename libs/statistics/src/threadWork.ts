import { ClusterFinder, type ClusterMaxima } from './clusters.ts';
import { CountingKernel } from './counting.ts';
import { MapKernel } from './maps.ts';
import { MaskSmoother } from './smoothing.ts';
import { standardiseBlock } from './standardise.ts';
import { emptyExtrema, type SharedState, type Task, type TaskResult, type VoxelList } from './tasks.ts';
import { TfceKernel } from './tfceKernel.ts';
import { ThreadView } from './threadView.ts';
import { WelchCounting } from './welchCounting.ts';

/** What one thread does: the same tasks as all others, each taking pieces off the shared counter. */
export class ThreadWork {
  readonly #view: ThreadView;
  #counting: CountingKernel | WelchCounting | undefined;
  #maps: MapKernel | undefined;
  #tfce: TfceKernel | undefined;
  #finder: ClusterFinder | undefined;
  #smoother: MaskSmoother | undefined;

  constructor(state: SharedState) {
    this.#view = new ThreadView(state);
  }

  run(task: Task): TaskResult {
    switch (task.kind) {
      case 'standardise':
        return this.#standardise();
      case 'count':
        this.#counting ??=
          this.#view.model.statistic === 'welch'
            ? new WelchCounting(this.#view)
            : new CountingKernel(this.#view);
        return this.#counting.run(task.first, task.count);
      case 'clusters':
        return this.#clusters(task.first, task.count, task.lists);
      case 'maps':
        this.#maps ??= new MapKernel(this.#view);
        this.#maps.run(task.first, task.count);
        return {};
      case 'enhance':
        return this.#enhance(task.first, task.count, task.observe);
    }
  }

  #standardise(): TaskResult {
    const view = this.#view;
    for (let block = view.next(); block < view.data.blocks; block = view.next()) {
      standardiseBlock(view.data, block, view.state.model, view);
      if (!view.state.smoothing) view.observeBlock(block);
      view.done();
    }
    return {};
  }

  #clusterFinder(): ClusterFinder {
    const { grid, clusters } = this.#view.state;
    if (!grid || !clusters) throw new Error('Clusters need a grid and a threshold.');
    this.#finder ??= new ClusterFinder(grid, clusters.connectivity);
    return this.#finder;
  }

  #clusters(first: number, count: number, lists: readonly VoxelList[]): TaskResult {
    const view = this.#view;
    const finder = this.#clusterFinder();
    const threshold = view.state.clusters?.threshold ?? Number.NaN;
    const parts = lists.map((list) => ({
      offsets: new Uint32Array(list.offsets),
      places: new Int32Array(list.places),
      scores: view.hasRealScores ? new Float64Array(list.scores) : new Int32Array(list.scores),
    }));
    for (let index = view.next(); index < count; index = view.next()) {
      const found = parts.map(({ offsets, places, scores }) => ({
        places: places.subarray(offsets[index], offsets[index + 1]),
        scores: scores.subarray(offsets[index], offsets[index + 1]),
      }));
      const exactT = (voxel: number, score: number) => view.tOfScore(first + index, voxel, score);
      this.#keepClusters(first + index, finder.maximaOfParts(found, view.scoreScale, exactT, threshold));
      view.done();
    }
    return {};
  }

  #keepClusters(relabeling: number, maxima: ClusterMaxima): void {
    const { clusterNull, state } = this.#view;
    const values = [maxima.extentGt, maxima.extentLt, maxima.massGt, maxima.massLt];
    values.forEach((value, row) => {
      clusterNull[row * state.relabelings + relabeling] = value;
    });
  }

  /** With smoothed variance: the statistic itself and all that follows; otherwise only TFCE. */
  #enhance(first: number, count: number, observe: boolean): TaskResult {
    const view = this.#view;
    const { state } = view;
    const { grid } = state;
    if (!grid) throw new Error('Maps need a grid.');
    const smoothed = new Float32Array(state.smoothing ? view.data.voxels : 0);
    const extrema = emptyExtrema(count);
    const counts = state.smoothing && !observe ? new Uint32Array(3 * view.data.voxels) : undefined;
    for (let index = view.next(); index < count; index = view.next()) {
      if (state.smoothing) {
        this.#smoother ??= new MaskSmoother(grid, state.smoothing, view.tested);
        view.smoothedT(index, this.#smoother, smoothed);
        if (observe) {
          view.t.set(smoothed);
          view.scores.set(smoothed);
          continue;
        }
        if (counts) view.compareMap(smoothed, counts, extrema, index);
        if (state.clusters) this.#clustersOfMap(first + index, smoothed, state.clusters.threshold);
      }
      if (state.tfce) {
        this.#tfce ??= new TfceKernel(grid, view.data.voxels, state.tfce.step);
        this.#tfce.load(state.smoothing ? smoothed : view.mapOf(index));
        const [positive, negative] = this.#tfce.maxima();
        view.tfceNull[first + index] = positive;
        view.tfceNull[state.relabelings + first + index] = negative;
      }
      view.done();
    }
    if (counts) {
      for (let i = 0; i < counts.length; i++) if (counts[i]) Atomics.add(view.counts, i, counts[i]);
    }
    return state.smoothing && !observe ? { extrema } : {};
  }

  #clustersOfMap(relabeling: number, heights: Float32Array, threshold: number): void {
    const voxels: number[] = [];
    const t: number[] = [];
    for (let voxel = 0; voxel < heights.length; voxel++) {
      if (Math.abs(heights[voxel]) > threshold) {
        voxels.push(voxel);
        t.push(heights[voxel]);
      }
    }
    this.#keepClusters(relabeling, this.#clusterFinder().maxima(voxels, t, voxels.length, threshold));
  }
}
