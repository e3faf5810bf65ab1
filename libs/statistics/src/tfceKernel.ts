import { Kernel } from './kernel.ts';
import type { PaddedGrid } from './maskGrid.ts';
import { tfceExponents } from './tfce.ts';

/** Places that the kernel reads beyond the grid: it looks at four at a time. */
const slack = 3;

/** The largest TFCE of both tails of a map, by the compiled kernel; one per thread. */
export class TfceKernel {
  readonly #kernel = new Kernel();
  readonly #grid: PaddedGrid;
  readonly #voxels: number;
  readonly #step: number;
  readonly #places: number;
  readonly #ups: number;
  readonly #basins: number;
  readonly #lists: number;
  readonly #nodes: number;
  readonly #roots: number;
  readonly #entries: number;
  readonly #spare: number;
  readonly #histogram: number;
  readonly #powers: number;
  readonly #maxima: number;
  readonly #fieldAddress: number;
  /** T per place of the grid, 0 outside the mask and where untested. */
  readonly #field: Float32Array;

  constructor(grid: PaddedGrid, voxels: number, step: number) {
    this.#grid = grid;
    this.#voxels = voxels;
    this.#step = step;
    const kernel = this.#kernel;
    this.#fieldAddress = kernel.allocate((grid.places + slack) * 4);
    this.#places = kernel.allocate(voxels * 4);
    this.#ups = kernel.allocate((grid.places + slack) * 4);
    this.#basins = kernel.allocate((grid.places + slack) * 4);
    this.#lists = kernel.allocate(voxels * 32);
    this.#nodes = kernel.allocate((voxels + 1) * 32);
    this.#roots = kernel.allocate((voxels + 1) * 4);
    this.#entries = kernel.allocate(voxels * 8);
    this.#spare = kernel.allocate(voxels * 8);
    this.#histogram = kernel.allocate(8192);
    this.#powers = kernel.allocate((voxels + 1) * 8);
    this.#maxima = kernel.allocate(16);
    kernel.int32(this.#places, voxels).set(grid.placeOfVoxel);
    const powers = kernel.float64(this.#powers, voxels + 1);
    for (let extent = 0; extent <= voxels; extent++) powers[extent] = extent ** tfceExponents.extent;
    this.#field = kernel.float32(this.#fieldAddress, grid.places);
  }

  /** Takes a map: T per voxel of the mask, 0 or NaN where untested. */
  load(heights: Float32Array): void {
    const { placeOfVoxel } = this.#grid;
    const field = this.#field;
    for (let voxel = 0; voxel < heights.length; voxel++) {
      const height = heights[voxel];
      field[placeOfVoxel[voxel]] = Number.isNaN(height) ? 0 : height;
    }
  }

  /** The largest TFCE of the positive and of the negative tail of the map loaded; 0 where a tail is empty. */
  maxima(): readonly [number, number] {
    this.#kernel.functions.tfceMaxima(
      this.#fieldAddress,
      this.#grid.places,
      this.#grid.strideY,
      this.#grid.strideZ,
      this.#places,
      this.#voxels,
      this.#ups,
      this.#basins,
      this.#lists,
      this.#nodes,
      this.#roots,
      this.#entries,
      this.#spare,
      this.#histogram,
      this.#powers,
      this.#step,
      this.#maxima,
    );
    const [positive, negative] = this.#kernel.float64(this.#maxima, 2);
    return [positive, negative];
  }
}
