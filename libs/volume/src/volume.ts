import { InputError } from '@oinr/errors';

/** A 4x4 matrix in row-major order (16 numbers): voxel index (i, j, k, 1) -> RAS+ world coordinates in mm. */
export type Affine = readonly number[];

/** Where voxels are. */
export interface Grid {
  /** [nx, ny, nz] in stored order. */
  readonly shape: readonly [number, number, number];
  /** From voxel indices to RAS+ mm. */
  readonly affine: Affine;
}

/** A scalar volume. */
export interface Volume {
  readonly grid: Grid;
  /** nx * ny * nz values, x fastest: index = i + nx * (j + ny * k). */
  readonly data: Float32Array;
}

/** Index of an array axis of a grid. */
export type ArrayAxis = 0 | 1 | 2;

/** A slice axis named by anatomy: sagittal = left-right, coronal = anterior-posterior, axial = inferior-superior. */
export type AnatomicalAxis = 'sagittal' | 'coronal' | 'axial';

/** How far apart neighbours along each axis lie in the values of a volume, x fastest. */
export function stridesOf([nx, ny]: Grid['shape']): readonly [number, number, number] {
  return [1, nx, nx * ny];
}

/** The number of voxels of a grid. */
export function voxelCount(grid: Grid): number {
  return grid.shape[0] * grid.shape[1] * grid.shape[2];
}

/** Throws an InputError unless the volume has as many values as its grid has voxels (and the shape given). */
export function checkVolume(volume: Volume, shape: readonly number[] = volume.grid.shape): void {
  const own = volume.grid.shape;
  if (volume.data.length !== voxelCount(volume.grid)) {
    throw new InputError(
      `A volume of ${own.join(' x ')} voxels needs ${voxelCount(volume.grid)} values but has ${volume.data.length}.`,
    );
  }
  if (own.some((size, axis) => size !== shape[axis])) {
    throw new InputError(
      `The volume has ${own.join(' x ')} voxels where ${shape.join(' x ')} were expected.`,
    );
  }
}
