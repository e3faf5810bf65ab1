import { interpolationMethods } from '@oinr/imputation';
import { volumeBlob } from '@oinr/nifti';
import type { Acquired, Scan } from '@oinr/scan';
import { type ArrayAxis, type Grid, type Volume, voxelCount } from '@oinr/volume';

// Volumes as files that the viewer shows: of large ones every second voxel in plane or fewer, since it holds each several
// times; 16 bits, since it has 8 bits of grey. What is saved is not made of them.

const mostShown = 2 ** 24;

/** Every how many voxels in plane are shown of a volume on this grid. */
export function shownEvery(grid: Grid): number {
  return Math.ceil(Math.sqrt(voxelCount(grid) / mostShown));
}

/** Every acquired slice repeated to the middle between two: what was measured, on the grid of what is filled in. */
export async function beforeForTheEye({ volume }: Scan, { axis, finer }: Acquired): Promise<File> {
  const nearest = interpolationMethods.find(({ name }) => name === 'nearest');
  if (nearest === undefined) throw new Error('There is no nearest neighbour among the interpolations.');
  const every = shownEvery(finer.grid);
  const grid = thinnedGrid(finer.grid, axis, every);
  const known = { grid, axis, kept: finer.kept, data: thinned(volume, axis, every).data };
  const { data } = await nearest.impute(known, { executor: neverAsked, seed: 1 });
  return file({ grid, data }, 'before.nii', 'int16');
}

/** A filled volume. */
export function afterForTheEye(volume: Volume, { axis }: Acquired): Promise<File> {
  return file(thinned(volume, axis, shownEvery(volume.grid)), 'after.nii', 'int16');
}

/** 1 in the acquired slices, 0 between: two voxels across in plane, over all that is shown. */
export function acquiredForTheEye({ axis, finer }: Acquired): Promise<File> {
  const { shape, affine } = thinnedGrid(finer.grid, axis, shownEvery(finer.grid));
  const factors = shape.map((size, one) => (one === axis ? 1 : size / 2));
  const scaled = affine.map((value, n) => (n < 12 && n % 4 < 3 ? value * factors[n % 4] : value));
  // The centre of the first coarse voxel lies (factor - 1) / 2 fine voxels from that of the first fine one.
  for (let row = 0; row < 3; row++)
    for (let one = 0; one < 3; one++) scaled[4 * row + 3] += (affine[4 * row + one] * (factors[one] - 1)) / 2;
  const coarse = shape.map((size, one) => (one === axis ? size : 2)) as [number, number, number];
  const strides = [1, coarse[0], coarse[0] * coarse[1]];
  const kept = new Set(finer.kept);
  const grid = { shape: coarse, affine: scaled };
  const data = Float32Array.from({ length: voxelCount(grid) }, (_, i) =>
    kept.has(Math.floor(i / strides[axis]) % coarse[axis]) ? 1 : 0,
  );
  return file({ grid, data }, 'acquired.nii', 'uint8');
}

async function file(volume: Volume, name: string, datatype: 'int16' | 'uint8'): Promise<File> {
  return new File([await volumeBlob(volume, name, { datatype })], name);
}

/** Interpolations do not touch what networks compute on. */
const neverAsked = {
  name: 'none',
  trainer: () => Promise.reject(new Error('An interpolation asked for an engine.')),
  predictor: () => Promise.reject(new Error('An interpolation asked for an engine.')),
};

function thinnedGrid({ shape, affine }: Grid, axis: ArrayAxis, every: number): Grid {
  const factor = (one: number): number => (one === axis ? 1 : every);
  return {
    shape: shape.map((size, one) => Math.ceil(size / factor(one))) as [number, number, number],
    affine: affine.map((value, n) => (n < 12 && n % 4 < 3 ? value * factor(n % 4) : value)),
  };
}

/** Every so many voxels in plane; the volume itself where that is one. */
function thinned(volume: Volume, axis: ArrayAxis, every: number): Volume {
  if (every === 1) return volume;
  const { shape } = volume.grid;
  const grid = thinnedGrid(volume.grid, axis, every);
  const [nx, ny, nz] = grid.shape;
  const [dx, dy, dz] = [0, 1, 2].map((one) => (one === axis ? 1 : every));
  const data = new Float32Array(nx * ny * nz);
  let to = 0;
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, to++)
        data[to] = volume.data[x * dx + shape[0] * (y * dy + shape[1] * z * dz)];
  return { grid, data };
}
