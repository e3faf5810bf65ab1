import { FoundVoxels } from './foundVoxels.ts';
import { Kernel, lineBytes } from './kernel.ts';
import { LabelTables } from './labelTables.ts';
import { correlationOfT, tieTolerance, tOfCorrelation } from './model.ts';
import { blockVoxels } from './subjectData.ts';
import { type Extrema, emptyExtrema, type TaskResult } from './tasks.ts';
import type { ThreadView } from './threadView.ts';
import { type GroupSums, groupSums, squarePieces, welchBits, welchScore } from './welch.ts';

/**
 * Counts relabelings that reach the observed statistic of Welch, block of voxels by block of voxels. The label kernel adds
 * up the values of the first group, and their squares piece by piece; both come out exact, so the result depends on
 * neither threads nor batches.
 */
export class WelchCounting {
  readonly #view: ThreadView;
  readonly #kernel = new Kernel();
  readonly #tables: LabelTables;
  /** Where the sums of values go, and those of the pieces of squares, the lowest first. */
  readonly #sums: readonly number[];
  readonly #found: FoundVoxels;

  constructor(view: ThreadView) {
    this.#view = view;
    const { batch, clusters } = view.state;
    const kernel = this.#kernel;
    this.#tables = new LabelTables(kernel, view, batch);
    this.#sums = Array.from({ length: 1 + squarePieces }, () => kernel.allocate(batch * lineBytes));
    this.#found = new FoundVoxels(kernel, 'float64', clusters ? batch : 0);
  }

  run(first: number, count: number): TaskResult {
    const view = this.#view;
    this.#tables.writeCodes(first, count);
    this.#found.clear();
    const extrema = emptyExtrema(count);
    for (let block = view.next(); block < view.data.blocks; block = view.next()) {
      if (view.testedLanes(block) !== 0) {
        this.#found.reserve();
        this.#sumBlock(block, count);
        this.#compareBlock(block, count, extrema);
      }
      if (view.state.mapsWhileCounting) view.clearUntested(block, count);
      view.done();
    }
    return view.state.clusters ? { extrema, list: this.#found.sorted(count) } : { extrema };
  }

  /** Sums over the first group of every relabeling: of the values, and of the pieces of their squares. */
  #sumBlock(block: number, count: number): void {
    const { subjects } = this.#view.model;
    const { functions } = this.#kernel;
    const values = this.#view.data.fixedPoint(block);
    const piece = 2 ** welchBits(subjects).pieceBits;
    this.#sums.forEach((to, part) => {
      this.#tables.load(part === 0 ? values : pieceOfSquares(values, part, piece));
      functions.sumBlock(this.#tables.codes, this.#tables.groups, count, to);
    });
  }

  #compareBlock(block: number, count: number, extrema: Extrema): void {
    const view = this.#view;
    const { model, state, scoreScale } = view;
    const { labels, groups, subjects } = model;
    const threshold =
      state.clusters === undefined
        ? Number.POSITIVE_INFINITY
        : correlationOfT(state.clusters.threshold, scoreScale.degreesOfFreedom);
    const values = view.data.fixedPoint(block);
    const unit = 2 ** welchBits(subjects).pieceBits;
    const sums = this.#sums.map((at) => this.#kernel.int32(at, count * blockVoxels));
    const counts = new Int32Array(3 * blockVoxels);
    const firstVoxel = block * blockVoxels;
    let listed = this.#found.end;
    for (let lane = 0; lane < blockVoxels && firstVoxel + lane < view.data.voxels; lane++) {
      const voxel = firstVoxel + lane;
      if (!view.tested[voxel]) continue;
      const observed = view.scores[voxel];
      const { all } = groupSums(values, lane, labels);
      for (let index = 0, at = lane; index < count; index++, at += blockVoxels) {
        let squares = 0;
        for (let part = squarePieces; part > 0; part--) squares = squares * unit + sums[part][at];
        const ofFirst: GroupSums = { sum: sums[0][at], squares };
        const score = welchScore(ofFirst, all, groups);
        if (score >= observed - tieTolerance) counts[lane] = counts[lane] + 1;
        if (score <= observed + tieTolerance) counts[blockVoxels + lane] = counts[blockVoxels + lane] + 1;
        if (Math.abs(score) >= Math.abs(observed) - tieTolerance)
          counts[2 * blockVoxels + lane] = counts[2 * blockVoxels + lane] + 1;
        if (score > extrema.top[index]) {
          extrema.top[index] = score;
          extrema.topVoxel[index] = voxel;
        }
        if (score < extrema.bottom[index]) {
          extrema.bottom[index] = score;
          extrema.bottomVoxel[index] = voxel;
        }
        if (Math.abs(score) > threshold) {
          this.#kernel.int32(listed, 2).set([index, state.grid?.placeOfVoxel[voxel] ?? 0]);
          this.#kernel.float64(listed + 8, 1)[0] = score;
          listed += 16;
        }
        if (state.mapsWhileCounting)
          view.maps[index * view.paddedVoxels + voxel] = tOfCorrelation(score, scoreScale.degreesOfFreedom);
      }
    }
    this.#found.add(listed - this.#found.end);
    view.addCounts(firstVoxel, counts);
  }
}

/** The squares' pieces number `part`, from 1, the lowest first. A loop: it is done for every block. */
function pieceOfSquares(values: Int32Array, part: number, piece: number): Int32Array {
  const pieces = new Int32Array(values.length);
  const unit = piece ** (part - 1);
  for (let i = 0; i < values.length; i++) {
    const square = Math.floor((values[i] * values[i]) / unit);
    pieces[i] = part === squarePieces ? square : square % piece;
  }
  return pieces;
}
