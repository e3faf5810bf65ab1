import { entriesPerTable, Kernel, lineBytes } from './kernel.ts';
import { tOfCorrelation } from './model.ts';
import { tableCount, writeCodes } from './relabelingCodes.ts';
import { blockVoxels } from './subjectData.ts';
import type { ThreadView } from './threadView.ts';

/**
 * Whole maps of relabelings, for what cannot be done voxel by voxel. Writes float32 T; where the variance is to be
 * smoothed two numbers, the standardised difference and the share of the variance that it leaves.
 */
export class MapKernel {
  readonly #view: ThreadView;
  readonly #kernel = new Kernel();
  readonly #groups: number;
  readonly #data: number;
  readonly #tables: number;
  readonly #codes: number;
  readonly #sums: number;
  readonly #orders: number;
  readonly #reals: number;
  readonly #parts: number;
  readonly #settings: number;
  readonly #basis: number;

  constructor(view: ThreadView) {
    this.#view = view;
    const { subjects, basis, loadings, labelNorm, fractionBits } = view.model;
    const { mapBatch } = view.state;
    const kernel = this.#kernel;
    this.#groups = tableCount(subjects);
    this.#data = kernel.allocate(subjects * lineBytes);
    this.#tables = kernel.allocate(this.#groups * entriesPerTable * lineBytes);
    this.#codes = kernel.allocate(mapBatch * this.#groups * 4);
    this.#sums = kernel.allocate(mapBatch * lineBytes + 512);
    this.#settings = kernel.allocate((5 + basis.length) * 8);
    this.#basis = kernel.allocate(basis.length * subjects * 8);
    const covariates = basis.length > 0;
    this.#orders = kernel.allocate(covariates ? mapBatch * subjects * 2 : 0);
    this.#reals = kernel.allocate(covariates ? subjects * blockVoxels * 8 : 0);
    this.#parts = kernel.allocate(covariates ? mapBatch * blockVoxels * 16 : 0);
    kernel
      .float64(this.#settings, 5 + basis.length)
      .set([2 ** -fractionBits, labelNorm, 0, 0, 0, ...loadings]);
    for (const [j, vector] of basis.entries()) {
      kernel.float64(this.#basis + j * subjects * 8, subjects).set(vector);
    }
  }

  run(first: number, count: number): void {
    const view = this.#view;
    const { subjects, basis } = view.model;
    const { functions } = this.#kernel;
    const orders = view.hasCovariates ? this.#kernel.uint16(this.#orders, count * subjects) : undefined;
    writeCodes(
      view,
      first,
      count,
      this.#tables,
      this.#kernel.uint32(this.#codes, count * this.#groups),
      orders,
    );
    for (let block = view.next(); block < view.data.blocks; block = view.next()) {
      if (view.testedLanes(block) !== 0) {
        this.#kernel.int32(this.#data, subjects * blockVoxels).set(view.data.fixedPoint(block));
        functions.buildTables(this.#data, subjects, this.#tables);
        if (view.hasCovariates) {
          functions.covariateMap(
            this.#settings,
            this.#basis,
            this.#data,
            subjects,
            basis.length,
            this.#orders,
            this.#codes,
            this.#groups,
            count,
            this.#sums,
            this.#reals,
            this.#parts,
          );
          this.#writePartial(block, count);
        } else {
          functions.sumBlock(this.#codes, this.#groups, count, this.#sums);
          this.#writeBinary(block, first, count);
        }
      }
      this.#clearUntested(block, count);
      view.done();
    }
  }

  #writeBinary(block: number, first: number, count: number): void {
    const view = this.#view;
    const { maps } = view;
    const { mapBatch, smoothing } = view.state;
    const { sumAtPerfect, degreesOfFreedom } = view.model;
    const sums = this.#kernel.int32(this.#sums, count * blockVoxels);
    const out = block * mapBatch * blockVoxels;
    for (let i = 0; i < sums.length; i++) {
      const r = (sums[i] as number) / sumAtPerfect;
      const rest = (1 - r) * (1 + r);
      if (smoothing) {
        maps[2 * (out + i)] = r;
        maps[2 * (out + i) + 1] = Math.max(0, rest);
      } else if (rest < 0.1) {
        const lane = i % blockVoxels;
        const voxel = block * blockVoxels + lane;
        maps[out + i] =
          voxel < view.data.voxels
            ? view.tOfScore(first + (i - lane) / blockVoxels, voxel, sums[i] as number)
            : 0;
      } else {
        maps[out + i] = r * Math.sqrt(degreesOfFreedom / rest);
      }
    }
  }

  #writePartial(block: number, count: number): void {
    const { maps, state, model } = this.#view;
    const parts = this.#kernel.float64(this.#parts, count * blockVoxels * 2);
    const out = block * state.mapBatch * blockVoxels;
    for (let i = 0; i < count * blockVoxels; i++) {
      const numerator = parts[2 * i] as number;
      const rest = parts[2 * i + 1] as number;
      if (state.smoothing) {
        maps[2 * (out + i)] = numerator;
        maps[2 * (out + i) + 1] = Math.max(0, rest - numerator * numerator);
      } else {
        maps[out + i] = tOfCorrelation(numerator / Math.sqrt(rest), model.degreesOfFreedom);
      }
    }
  }

  /** Untested voxels carry NaN, which TFCE leaves out and comparisons never count. */
  #clearUntested(block: number, count: number): void {
    const { maps, state, tested } = this.#view;
    const numbers = state.smoothing ? 2 : 1;
    for (let lane = 0; lane < blockVoxels; lane++) {
      if (tested[block * blockVoxels + lane]) continue;
      for (let index = 0; index < count; index++) {
        const at = numbers * ((block * state.mapBatch + index) * blockVoxels + lane);
        // Smoothing leaves untested voxels out by its mask and must not meet NaN; a T map marks them.
        maps[at] = state.smoothing ? 0 : Number.NaN;
        if (numbers === 2) maps[at + 1] = 0;
      }
    }
  }
}
