import { InputError } from '@oinr/errors';

/** Where the voxels of a mask lie in their image. */
export interface MaskGrid {
  /** [nx, ny, nz] of the image. */
  readonly shape: readonly [number, number, number];
  /** Index i + nx (j + ny k) of every voxel of the mask, ascending. */
  readonly indices: Int32Array;
}

/** The mask's bounding box with one place of padding on every side; place 0 is padding. */
export interface PaddedGrid {
  readonly places: number;
  readonly size: readonly [number, number, number];
  readonly strideY: number;
  readonly strideZ: number;
  /** Place of every voxel of the mask. */
  readonly placeOfVoxel: Int32Array;
}

/** Lays a mask into its padded bounding box. Throws an InputError where the mask is empty or not ascending. */
export function padGrid(grid: MaskGrid): PaddedGrid {
  const [nx, ny, nz] = grid.shape;
  const { indices } = grid;
  if (indices.length === 0) throw new InputError('The mask is empty.');
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  let last = -1;
  for (const index of indices) {
    if (index <= last || index >= nx * ny * nz) {
      throw new InputError('The voxels of a mask are given by ascending indices inside the image.');
    }
    last = index;
    const position = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], position[axis]);
      high[axis] = Math.max(high[axis], position[axis]);
    }
  }
  const extent = (axis: number) => high[axis] - low[axis] + 3;
  const size = [extent(0), extent(1), extent(2)] as const;
  const strideY = size[0];
  const strideZ = size[0] * size[1];
  const placeOfVoxel = Int32Array.from(indices, (index) => {
    const x = (index % nx) - low[0] + 1;
    const y = (Math.floor(index / nx) % ny) - low[1] + 1;
    const z = Math.floor(index / (nx * ny)) - low[2] + 1;
    return x + strideY * y + strideZ * z;
  });
  return { places: size[0] * size[1] * size[2], size, strideY, strideZ, placeOfVoxel };
}

/** The voxel of the mask at a place of its padded grid. */
export function voxelAt({ placeOfVoxel }: PaddedGrid, place: number): number {
  let low = 0;
  let high = placeOfVoxel.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placeOfVoxel[middle] < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which voxels touch: by faces, by faces and edges, or by corners too. */
export type Connectivity = 6 | 18 | 26;

/** A row of voxels beside another: the neighbours of a voxel lie there at its place + `distance`, give or take `reach`. */
export interface NeighbouringRow {
  readonly distance: number;
  readonly reach: 0 | 1;
}

/**
 * The neighbouring rows that come earlier in file order, by slice: with the voxel before, half of the neighbourhood. A
 * run of voxels never reaches from one such row into another, since every row ends with padding.
 */
export function earlierRows(
  { strideY, strideZ }: PaddedGrid,
  connectivity: Connectivity,
): readonly (readonly NeighbouringRow[])[] {
  const most = connectivity === 6 ? 1 : connectivity === 18 ? 2 : 3;
  const row = (y: number, z: number): NeighbouringRow[] => {
    const steps = Math.abs(y) + Math.abs(z);
    if (steps > most) return [];
    return [{ distance: strideY * y + strideZ * z, reach: steps < most ? 1 : 0 }];
  };
  return [row(-1, 0), [...row(-1, -1), ...row(0, -1), ...row(1, -1)]];
}
