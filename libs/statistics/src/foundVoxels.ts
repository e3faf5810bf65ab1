import type { Kernel } from './kernel.ts';
import { blockVoxels } from './subjectData.ts';
import type { VoxelList } from './tasks.ts';

/**
 * The voxels beyond the cluster threshold that one pass over the data finds, in the kernel's memory as it lists them:
 * int32 relabeling, int32 place, and the score as an int32 (sums of binary labels) or a float64 (covariates).
 */
export class FoundVoxels {
  readonly #kernel: Kernel;
  readonly #isInteger: boolean;
  readonly #entryBytes: number;
  /** Bytes that the kernel may write for one block. */
  readonly #mostBytes: number;
  readonly #start: number;
  #end: number;

  /** `relabelings`: most of a pass; 0 where nothing will be listed. To be made after all that is allocated in the kernel. */
  constructor(kernel: Kernel, score: 'int32' | 'float64', relabelings: number) {
    this.#kernel = kernel;
    this.#isInteger = score === 'int32';
    this.#entryBytes = this.#isInteger ? 12 : 16;
    this.#mostBytes = relabelings * blockVoxels * this.#entryBytes;
    this.#start = kernel.openEnd();
    this.#end = this.#start;
  }

  clear(): void {
    this.#end = this.#start;
  }

  /** Makes room for all of a block. Arrays of the kernel's memory that were made before are stale. */
  reserve(): void {
    this.#kernel.reserve(this.#end + this.#mostBytes);
  }

  /** Where the kernel may list the next block. */
  get end(): number {
    return this.#end;
  }

  /** Keeps what the kernel has listed there. */
  add(bytes: number): void {
    this.#end += bytes;
  }

  /** Sorted by relabeling, in shared memory; voxels keep their order. */
  sorted(relabelings: number): VoxelList {
    const bytes = this.#end - this.#start;
    const count = bytes / this.#entryBytes;
    const list = {
      offsets: new SharedArrayBuffer(4 * (relabelings + 1)),
      places: new SharedArrayBuffer(4 * count),
      scores: new SharedArrayBuffer((this.#isInteger ? 4 : 8) * count),
    };
    const entries = this.#kernel.int32(this.#start, bytes / 4);
    const size = this.#entryBytes / 4;
    const offsets = new Uint32Array(list.offsets);
    for (let at = 0; at < entries.length; at += size) {
      const after = entries[at] + 1;
      offsets[after] = offsets[after] + 1;
    }
    for (let r = 0; r < relabelings; r++) offsets[r + 1] = offsets[r + 1] + offsets[r];
    const heads = offsets.slice();
    const places = new Int32Array(list.places);
    const scores = this.#isInteger ? new Int32Array(list.scores) : new Float64Array(list.scores);
    const given = this.#isInteger ? entries : this.#kernel.float64(this.#start, bytes / 8);
    const [scoreSize, scoreAt] = this.#isInteger ? [3, 2] : [2, 1];
    for (let i = 0; i < count; i++) {
      const relabeling = entries[size * i];
      const at = heads[relabeling];
      heads[relabeling] = at + 1;
      places[at] = entries[size * i + 1];
      scores[at] = given[scoreSize * i + scoreAt];
    }
    return list;
  }
}
