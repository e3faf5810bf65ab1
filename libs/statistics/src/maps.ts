import { Kernel, lineBytes } from './kernel.ts';
import { LabelTables } from './labelTables.ts';
import { tOfCorrelation } from './model.ts';
import { blockVoxels } from './subjectData.ts';
import type { ThreadView } from './threadView.ts';

/**
 * Whole maps of relabelings, for what cannot be done voxel by voxel: T with covariates, and what smoothing of the
 * variance starts from. (Without either, counting writes the maps of T.)
 */
export class MapKernel {
  readonly #view: ThreadView;
  readonly #kernel = new Kernel();
  readonly #tables: LabelTables;
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
    this.#tables = new LabelTables(kernel, view, mapBatch);
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
    this.#tables.writeCodes(first, count, orders);
    for (let block = view.next(); block < view.data.blocks; block = view.next()) {
      if (view.testedLanes(block) !== 0) {
        this.#tables.load(view.data.fixedPoint(block));
        if (view.hasCovariates) {
          functions.covariateMap(
            this.#settings,
            this.#basis,
            this.#tables.data,
            subjects,
            basis.length,
            this.#orders,
            this.#tables.codes,
            this.#tables.groups,
            count,
            this.#sums,
            this.#reals,
            this.#parts,
          );
          this.#writePartial(block, count);
        } else {
          functions.sumBlock(this.#tables.codes, this.#tables.groups, count, this.#sums);
          this.#writeBinary(block, count);
        }
      }
      this.#view.clearUntested(block, count);
      view.done();
    }
  }

  /** Standardised difference and share of the variance that it leaves, for smoothing. */
  #writeBinary(block: number, count: number): void {
    const { maps, model } = this.#view;
    const sums = this.#kernel.int32(this.#sums, count * blockVoxels);
    for (let index = 0, i = 0; index < count; index++) {
      let at = 2 * this.#start(index, block);
      for (let lane = 0; lane < blockVoxels; lane++, i++, at += 2) {
        const r = sums[i] / model.sumAtPerfect;
        maps[at] = r;
        maps[at + 1] = Math.max(0, (1 - r) * (1 + r));
      }
    }
  }

  #writePartial(block: number, count: number): void {
    const { maps, state, model } = this.#view;
    const parts = this.#kernel.float64(this.#parts, count * blockVoxels * 2);
    for (let index = 0, i = 0; index < count; index++) {
      const start = this.#start(index, block);
      for (let lane = 0; lane < blockVoxels; lane++, i += 2) {
        const numerator = parts[i];
        const rest = parts[i + 1];
        const at = start + lane;
        if (state.smoothing) {
          maps[2 * at] = numerator;
          maps[2 * at + 1] = Math.max(0, rest - numerator * numerator);
        } else {
          maps[at] = tOfCorrelation(numerator / Math.sqrt(rest), model.degreesOfFreedom);
        }
      }
    }
  }

  #start(index: number, block: number): number {
    return index * this.#view.paddedVoxels + block * blockVoxels;
  }
}
