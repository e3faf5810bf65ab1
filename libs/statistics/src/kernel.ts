import { readFileSync } from 'node:fs';

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
    list: number,
    listBytes: number,
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
    list: number,
    listBytes: number,
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
let compiled: WebAssembly.Module | undefined;

function compile(): WebAssembly.Module {
  try {
    compiled ??= new WebAssembly.Module(readFileSync(wasmFile));
    return compiled;
  } catch (cause) {
    throw new Error(
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
    const at = this.#used;
    this.#used += Math.ceil(bytes / 64) * 64;
    const missing = this.#used - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    return at;
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
