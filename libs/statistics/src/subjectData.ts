import { InputError } from '@oinr/errors';

/** Voxels per block: one cache line of int32, and the unit of work of a thread. */
export const blockVoxels = 16;

/** What a worker thread needs to see the same data. */
export interface SubjectDataHandle {
  readonly subjects: number;
  readonly voxels: number;
  readonly chunks: readonly SharedArrayBuffer[];
  readonly anchors: SharedArrayBuffer;
}

/** Bytes of one shared buffer at most: buffers beyond a gigabyte are refused on some machines. */
const chunkBytes = 2 ** 28;

/**
 * The images of all subjects at the voxels of a mask, in memory that threads share: blocks of 16 voxels, inside a
 * block subject after subject, 16 values each. Values are kept in float32 as differences to the first image, so that
 * a large common offset costs no digits. `standardise` replaces them in place by int32 fixed point, so the whole
 * analysis needs 4 bytes per subject and voxel.
 */
export class SubjectData {
  readonly subjects: number;
  /** Voxels of the mask. */
  readonly voxels: number;
  readonly blocks: number;
  readonly handle: SubjectDataHandle;
  readonly #blocksPerChunk: number;
  readonly #anchors: Float64Array;
  readonly #floats: readonly Float32Array[];
  readonly #integers: readonly Int32Array[];

  private constructor(handle: SubjectDataHandle) {
    this.handle = handle;
    this.subjects = handle.subjects;
    this.voxels = handle.voxels;
    this.blocks = Math.ceil(handle.voxels / blockVoxels);
    this.#blocksPerChunk = blocksPerChunk(handle.subjects);
    // Memory that was taken over may be larger.
    this.#anchors = new Float64Array(handle.anchors, 0, handle.voxels);
    const lengths = chunkLengths(handle);
    this.#floats = lengths.map((length, index) => new Float32Array(handle.chunks[index], 0, length));
    this.#integers = lengths.map((length, index) => new Int32Array(handle.chunks[index], 0, length));
  }

  /**
   * Memory for `subjects` images of `voxels` masked voxels. That of `spare`, data which nobody uses any more, is taken over
   * where it is large enough: shared memory is given back only when garbage happens to be collected.
   */
  static allocate(subjects: number, voxels: number, spare?: SubjectData): SubjectData {
    const bytes = chunkLengths({ subjects, voxels }).map((length) => 4 * length);
    const from = spare?.handle;
    const fits =
      from !== undefined &&
      from.anchors.byteLength >= 8 * voxels &&
      bytes.every((size, index) => (from.chunks[index]?.byteLength ?? 0) >= size);
    const { chunks, anchors } = fits
      ? from
      : {
          chunks: bytes.map((size) => new SharedArrayBuffer(size)),
          anchors: new SharedArrayBuffer(voxels * 8),
        };
    return new SubjectData({ subjects, voxels, chunks, anchors });
  }

  /** The same data, seen from another thread. */
  static share(handle: SubjectDataHandle): SubjectData {
    return new SubjectData(handle);
  }

  /**
   * Data from an array. shape of `values`: subjects x voxels, subject-major, any unit. NaN or infinite values
   * exclude their voxel from the test.
   */
  static from(values: Float32Array | Float64Array, subjects: number): SubjectData {
    const voxels = values.length / subjects;
    if (!Number.isInteger(voxels) || voxels < 1) {
      throw new InputError(
        `${values.length} values are not the same number of voxels for ${subjects} subjects.`,
      );
    }
    const data = SubjectData.allocate(subjects, voxels);
    for (let subject = 0; subject < subjects; subject++) {
      data.store(subject, values.subarray(subject * voxels, (subject + 1) * voxels));
    }
    return data;
  }

  /** Stores one subject's values at the voxels of the mask. Subject 0, the anchor of all, must be stored first. */
  store(subject: number, values: ArrayLike<number>): void {
    if (values.length !== this.voxels) {
      throw new InputError(`Subject ${subject + 1} has ${values.length} values for ${this.voxels} voxels.`);
    }
    const anchors = this.#anchors;
    if (subject === 0) {
      for (let voxel = 0; voxel < this.voxels; voxel++) {
        const value = values[voxel];
        anchors[voxel] = Number.isFinite(value) ? value : 0;
      }
    }
    const blockLength = this.subjects * blockVoxels;
    let voxel = 0;
    for (const chunk of this.#floats) {
      for (let row = subject * blockVoxels; row < chunk.length; row += blockLength) {
        const end = Math.min(blockVoxels, this.voxels - voxel);
        for (let lane = 0; lane < end; lane++, voxel++) {
          chunk[row + lane] = values[voxel] - anchors[voxel];
        }
      }
    }
  }

  /** One block before `standardise`: subjects x 16 float32, differences to the first image. */
  values(block: number): Float32Array {
    return this.#part(this.#floats, block) as Float32Array;
  }

  /** One block after `standardise`: subjects x 16 int32 in fixed point. */
  fixedPoint(block: number): Int32Array {
    return this.#part(this.#integers, block) as Int32Array;
  }

  #part(chunks: readonly (Float32Array | Int32Array)[], block: number): Float32Array | Int32Array {
    const length = this.subjects * blockVoxels;
    const first = (block % this.#blocksPerChunk) * length;
    const chunk = chunks[Math.floor(block / this.#blocksPerChunk)];
    return chunk.subarray(first, first + length);
  }
}

/** Values in every chunk. */
function chunkLengths({ subjects, voxels }: Pick<SubjectDataHandle, 'subjects' | 'voxels'>): number[] {
  const blocks = Math.ceil(voxels / blockVoxels);
  const perChunk = blocksPerChunk(subjects);
  const lengths: number[] = [];
  for (let first = 0; first < blocks; first += perChunk)
    lengths.push(Math.min(perChunk, blocks - first) * subjects * blockVoxels);
  return lengths;
}

function blocksPerChunk(subjects: number): number {
  return Math.max(1, Math.floor(chunkBytes / (subjects * blockVoxels * 4)));
}
