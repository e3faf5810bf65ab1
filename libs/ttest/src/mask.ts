import { readHeader, readVolume, type SpaceName } from '@oinr/nifti';
import type { MaskGrid } from '@oinr/statistics';
import { type Grid, sameGrid, voxelCount } from '@oinr/volume';
import { RequestError } from './errors.ts';

/** The grid that all images of a test lie on: a voxel has to be the same place in every one. */
export interface Space {
  readonly grid: Grid;
  /** What its coordinates mean, for the headers of maps; undefined where nothing says so. */
  readonly coordinates?: SpaceName;
  /** What has this grid, as sentences name it: `the mask brain.nii`. */
  readonly reference: string;
  /** What to do with an image on another grid, in sentences. */
  readonly advice: string;
}

/** Which voxels are tested: `indices` of the grid, x fastest. */
export interface Mask extends MaskGrid, Space {
  /** As sentences name it: `the mask brain.nii`. */
  readonly name: string;
  /** Which voxels these are, in words. */
  readonly description: string;
}

export const registerFirst = 'All images must lie in one space: register and resample them first.';

/** @throws RequestError where `grid`, that of `what`, is not that of the space. */
export function requireSpace(grid: Grid, what: string, space: Space): void {
  if (sameGrid(grid, space.grid)) return;
  const { reference, advice } = space;
  if (grid.shape.join() !== space.grid.shape.join()) {
    throw new RequestError(
      `${what} lies on another grid: it has ${grid.shape.join(' x ')} voxels, but ${reference} has ${space.grid.shape.join(' x ')}. ${advice}`,
    );
  }
  const rows = ({ affine }: Grid): string =>
    [0, 4, 8].map((row) => affine.slice(row, row + 4).join(' ')).join(' / ');
  throw new RequestError(
    `${what} lies on another grid: the same shape but another affine (${rows(grid)}) than ${reference} (${rows(space.grid)}). ${advice}`,
  );
}

/**
 * Reads a mask: the voxels above 0.5. Without `space` its own grid is that of the test.
 *
 * @throws RequestError where it lies on another grid, or where no voxel exceeds 0.5.
 */
export async function readMask(path: string, space?: Space): Promise<Mask> {
  const { grid, data } = await readVolume(path);
  if (space !== undefined) requireSpace(grid, `The mask ${path}`, space);
  const indices = Int32Array.from(data.keys()).filter((index) => data[index] > 0.5);
  if (indices.length === 0) {
    throw new RequestError(
      `${path} is an empty mask: no voxel is larger than 0.5. Give the mask of the voxels to test.`,
    );
  }
  const name = `the mask ${path}`;
  return {
    ...(space ?? { grid, reference: name, advice: registerFirst }),
    coordinates: space?.coordinates ?? (await readHeader(path)).space,
    shape: grid.shape,
    indices,
    name,
    description: 'the mask given by --mask',
  };
}

/** An image with the mask of its own, where there is one. */
export interface MaskedImage {
  readonly name: string;
  readonly image: string;
  readonly mask?: string;
}

/**
 * The voxels inside the masks of all (above 0.5); of an image without a mask its voxels above 0. Reads one volume at a
 * time.
 *
 * @throws RequestError where one lies on another grid, or where no voxel is left.
 */
export async function commonMask(images: readonly MaskedImage[], space: Space): Promise<Mask> {
  const { grid } = space;
  const inside = new Uint8Array(voxelCount(grid)).fill(1);
  const empty: string[] = [];
  for (const { name, image, mask } of images) {
    const path = mask ?? image;
    const volume = await readVolume(path);
    requireSpace(volume.grid, `${path} of ${name}`, space);
    const least = mask === undefined ? 0 : 0.5;
    // Written so that NaN is outside.
    let own = 0;
    for (let voxel = 0; voxel < inside.length; voxel += 1)
      if (volume.data[voxel] > least) own += 1;
      else inside[voxel] = 0;
    if (own === 0) empty.push(`${path} of ${name} has no voxel above ${least}`);
  }
  const masks = images.filter(({ mask }) => mask !== undefined).length;
  const description =
    masks === images.length
      ? 'voxels inside the masks of all subjects'
      : masks === 0
        ? 'voxels above 0 in all subjects'
        : 'voxels inside the mask of every subject that has one, and above 0 in the others';
  const indices = Int32Array.from(inside.keys()).filter((voxel) => inside[voxel] === 1);
  if (indices.length === 0) {
    throw new RequestError(
      `No voxel is in the analysis mask (${description}). ${empty.length === 0 ? '' : `${empty.slice(0, 3).join(', ')}. `}Give a mask in the space of the volumes with --mask FILE.`,
    );
  }
  return { ...space, shape: grid.shape, indices, name: 'the analysis mask', description };
}
