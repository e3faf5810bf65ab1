import { entriesPerTable, type Kernel, lineBytes } from './kernel.ts';
import { tableCount, writeCodes } from './relabelingCodes.ts';
import { blockVoxels } from './subjectData.ts';
import type { ThreadView } from './threadView.ts';

/**
 * What sums over the labels of relabelings are made from, in the kernel's memory: the values of one block, the lookup tables
 * of their partial sums, and which entries of the tables make up every relabeling. Members are addresses for the kernel's
 * functions.
 */
export class LabelTables {
  /** Tables of a block. */
  readonly groups: number;
  /** subjects x 16 int32. */
  readonly data: number;
  /** relabelings x groups uint32. */
  readonly codes: number;
  readonly #tables: number;
  readonly #kernel: Kernel;
  readonly #view: ThreadView;

  /** `relabelings`: at most so many at once. */
  constructor(kernel: Kernel, view: ThreadView, relabelings: number) {
    const { subjects } = view.model;
    this.#kernel = kernel;
    this.#view = view;
    this.groups = tableCount(subjects);
    this.data = kernel.allocate(subjects * lineBytes);
    this.#tables = kernel.allocate(this.groups * entriesPerTable * lineBytes);
    this.codes = kernel.allocate(relabelings * this.groups * 4);
  }

  /** See writeCodes. */
  writeCodes(first: number, count: number, orders?: Uint16Array): void {
    const codes = this.#kernel.uint32(this.codes, count * this.groups);
    writeCodes(this.#view, first, count, this.#tables, codes, orders);
  }

  /** Takes the values of a block, subjects x 16, and builds their tables. Arrays made for another block are stale. */
  load(values: ArrayLike<number>): void {
    const { subjects } = this.#view.model;
    this.#kernel.int32(this.data, subjects * blockVoxels).set(values);
    this.#kernel.functions.buildTables(this.data, subjects, this.#tables);
  }
}
