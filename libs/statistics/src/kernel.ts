import { readFileSync } from 'node:fs';
import { UserError } from '@oinr/errors';

/** The functions of assembly/index.ts. All pointers are byte addresses in the kernel's memory. */
interface KernelFunctions {
  buildTables(data: number, subjects: number, tables: number): void;
  relabelBlock(
    codes: number,
    groups: number,
    relabelings: number,
    sums: number,
    extrema: number,
    counting: number,
    upperThreshold: number,
    lowerThreshold: number,
    voxel: number,
    valid: number,
    places: number,
    list: number,
  ): number;
  tOfSums(sums: number, relabelings: number, scale: number, degreesOfFreedom: number, out: number): number;
  sumBlock(codes: number, groups: number, relabelings: number, sums: number): void;
  covariateBlock(
    settings: number,
    basis: number,
    data: number,
    quantised: number,
    subjects: number,
    covariates: number,
    rows: number,
    rowScale: number,
    orders: number,
    codes: number,
    groups: number,
    relabelings: number,
    scratch: number,
    extrema: number,
    counting: number,
    errorOfLoadings: number,
    voxel: number,
    valid: number,
    places: number,
    list: number,
  ): number;
  covariateMap(
    settings: number,
    basis: number,
    data: number,
    subjects: number,
    covariates: number,
    orders: number,
    codes: number,
    groups: number,
    relabelings: number,
    scratch: number,
    reals: number,
    out: number,
  ): void;
  tOfScores(
    scores: number,
    isInteger: boolean,
    count: number,
    scale: number,
    degreesOfFreedom: number,
    limit: number,
    t: number,
  ): number;
  mergeLists(
    places: number,
    values: number,
    firstCount: number,
    secondCount: number,
    toPlaces: number,
    toValues: number,
  ): void;
  findRuns(
    places: number,
    values: number,
    count: number,
    threshold: number,
    rows: number,
    sameSlice: number,
    earlierSlice: number,
    runs: number,
  ): number;
  firstVoxels(runs: number, found: number, roots: number): void;
  largestComponents(runs: number, found: number, maxima: number): void;
  tfceMaxima(
    field: number,
    places: number,
    strideY: number,
    strideZ: number,
    placeOfVoxel: number,
    voxels: number,
    ups: number,
    basins: number,
    lists: number,
    nodes: number,
    roots: number,
    entries: number,
    spare: number,
    histogram: number,
    powers: number,
    step: number,
    maxima: number,
  ): void;
}

const wasmFile = new URL('../build/statistics.wasm', import.meta.url);
const pageBytes = 65536;
/** `reserve` grows the memory by this many bytes more than it is asked for, so that it seldom has to grow again. */
const reservedAhead = 2 ** 21;
let compiled: WebAssembly.Module | undefined;

function compile(): WebAssembly.Module {
  try {
    compiled ??= new WebAssembly.Module(readFileSync(wasmFile));
    return compiled;
  } catch (cause) {
    throw new UserError(
      `The compiled kernel ${wasmFile.pathname} could not be loaded. Run \`npm run prepare\` in the workspace to build it.`,
      { cause },
    );
  }
}

/** One instance of the WebAssembly kernel with memory of its own; every thread has one. */
export class Kernel {
  readonly functions: KernelFunctions;
  readonly #memory: WebAssembly.Memory;
  #used = 1024;
  #isOpen = false;

  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1 });
    const instance = new WebAssembly.Instance(compile(), {
      env: {
        memory: this.#memory,
        abort: () => {
          throw new Error('The statistics kernel stopped on an internal error.');
        },
      },
    });
    this.functions = instance.exports as unknown as KernelFunctions;
  }

  /** Memory for `bytes` bytes, aligned to a cache line. Arrays made before a later call are stale: ask for them anew. */
  allocate(bytes: number): number {
    if (this.#isOpen) throw new Error('Nothing can be allocated behind the open end of the memory.');
    const at = this.#used;
    this.#used += Math.ceil(bytes / 64) * 64;
    this.#growTo(this.#used);
    return at;
  }

  /** Where the memory that was not allocated begins: it may be used up to what `reserve` asked for last. */
  openEnd(): number {
    this.#isOpen = true;
    return this.#used;
  }

  /** Memory up to the address `end`, behind the open end. Arrays made before are stale. */
  reserve(end: number): void {
    if (end > this.#memory.buffer.byteLength) this.#growTo(end + reservedAhead);
  }

  #growTo(end: number): void {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
  }

  int16(at: number, length: number): Int16Array {
    return new Int16Array(this.#memory.buffer, at, length);
  }
  uint16(at: number, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, at, length);
  }
  int32(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length);
  }
  uint32(at: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, at, length);
  }
  float32(at: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }
  float64(at: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, at, length);
  }
}

/** As in assembly/binaryLabels.ts. */
export const subjectsPerTable = 6;
export const entriesPerTable = 2 ** subjectsPerTable;
export const lineBytes = 64;
/** As CHUNK there: lines of scratch that relabelBlock needs. */
export const countedAtOnce = 128;
