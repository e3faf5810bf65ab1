import { Kernel } from './kernel.ts';
import type { PaddedGrid } from './maskGrid.ts';
import { tfceExponents } from './tfce.ts';

/** The largest TFCE of a map, by the compiled kernel; one per thread. */
export class TfceKernel {
  readonly #kernel = new Kernel();
  readonly #grid: PaddedGrid;
  readonly #voxels: number;
  readonly #step: number;
  readonly #heights: number;
  readonly #places: number;
  readonly #keys: number;
  readonly #basins: number;
  readonly #records: number;
  readonly #touching: number;
  readonly #nodes: number;
  readonly #pairs: number;
  readonly #spare: number;
  readonly #histogram: number;
  readonly #powers: number;

  constructor(grid: PaddedGrid, voxels: number, step: number) {
    this.#grid = grid;
    this.#voxels = voxels;
    this.#step = step;
    const kernel = this.#kernel;
    this.#heights = kernel.allocate(voxels * 4);
    this.#places = kernel.allocate(voxels * 4);
    this.#keys = kernel.allocate(grid.places * 4);
    this.#basins = kernel.allocate(grid.places * 4);
    this.#records = kernel.allocate(voxels * 16);
    this.#touching = kernel.allocate(voxels * 16 + 4);
    this.#nodes = kernel.allocate((voxels + 1) * 24);
    this.#pairs = kernel.allocate(voxels * 8);
    this.#spare = kernel.allocate(voxels * 8);
    this.#histogram = kernel.allocate(8192);
    this.#powers = kernel.allocate((voxels + 1) * 8);
    kernel.int32(this.#places, voxels).set(grid.placeOfVoxel);
    const powers = kernel.float64(this.#powers, voxels + 1);
    for (let extent = 0; extent <= voxels; extent++) powers[extent] = extent ** tfceExponents.extent;
  }

  /** Takes a map: T per voxel of the mask, NaN where untested. */
  load(heights: Float32Array): void {
    this.#kernel.float32(this.#heights, this.#voxels).set(heights);
  }

  /** The largest TFCE of the positive (1) or negative (-1) tail of the map loaded; 0 where the tail is empty. */
  maximum(sign: 1 | -1): number {
    return this.#kernel.functions.tfceMaximum(
      this.#heights,
      this.#voxels,
      sign < 0 ? 1 : 0,
      this.#places,
      this.#keys,
      this.#basins,
      this.#records,
      this.#touching,
      this.#nodes,
      this.#pairs,
      this.#spare,
      this.#histogram,
      this.#powers,
      this.#grid.strideY,
      this.#grid.strideZ,
      this.#step,
    );
  }
}
