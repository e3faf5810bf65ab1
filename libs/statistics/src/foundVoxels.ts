import type { VoxelList } from './tasks.ts';

/**
 * The voxels beyond the cluster threshold that one pass over the data finds, as the kernel lists them: int32
 * relabeling, int32 voxel, and the score as an int32 (sums of binary labels) or a float64 (covariates).
 */
export class FoundVoxels {
  readonly #isInteger: boolean;
  /** 16 MB, which the system hands out only where they are written to: growing copies, and wakes the garbage collector. */
  #entries = new Int32Array(1 << 22);
  #used = 0;

  constructor(score: 'int32' | 'float64') {
    this.#isInteger = score === 'int32';
  }

  clear(): void {
    this.#used = 0;
  }

  /** Adds the entries of a block. */
  add(entries: Int32Array): void {
    const needed = this.#used + entries.length;
    if (needed > this.#entries.length) {
      // Half as much again, and an even number for the float64 in it.
      const larger = new Int32Array(2 * Math.ceil(0.75 * needed));
      larger.set(this.#entries.subarray(0, this.#used));
      this.#entries = larger;
    }
    this.#entries.set(entries, this.#used);
    this.#used = needed;
  }

  /** Sorted by relabeling, in shared memory; voxels keep their order. */
  sorted(relabelings: number): VoxelList {
    const entries = this.#entries;
    const size = this.#isInteger ? 3 : 4;
    const count = this.#used / size;
    const list = {
      offsets: new SharedArrayBuffer(4 * (relabelings + 1)),
      voxels: new SharedArrayBuffer(4 * count),
      scores: new SharedArrayBuffer(8 * count),
    };
    const offsets = new Uint32Array(list.offsets);
    for (let at = 0; at < this.#used; at += size) {
      const after = (entries[at] as number) + 1;
      offsets[after] = (offsets[after] as number) + 1;
    }
    for (let r = 0; r < relabelings; r++)
      offsets[r + 1] = (offsets[r + 1] as number) + (offsets[r] as number);
    const heads = offsets.slice();
    const voxels = new Int32Array(list.voxels);
    const scores = new Float64Array(list.scores);
    const given = this.#isInteger ? entries : new Float64Array(entries.buffer);
    const [scoreSize, scoreAt] = this.#isInteger ? [3, 2] : [2, 1];
    for (let i = 0; i < count; i++) {
      const relabeling = entries[size * i] as number;
      const at = heads[relabeling] as number;
      heads[relabeling] = at + 1;
      voxels[at] = entries[size * i + 1] as number;
      scores[at] = given[scoreSize * i + scoreAt] as number;
    }
    return list;
  }
}
