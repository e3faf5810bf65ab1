import { InputError } from '@oinr/errors';
import { percentile } from '@oinr/metrics';
import { applyAffine, type Grid, type Vector3, type Volume, voxelSizes } from '@oinr/volume';

/** A box in the world, in RAS+ mm. */
export interface FieldOfView {
  readonly low: Vector3;
  readonly high: Vector3;
}

/** The smallest box along the world's axes that holds the centres of all voxels of a grid. */
export function worldBox({ shape, affine }: Grid): FieldOfView {
  const corners = Array.from({ length: 8 }, (_, corner) =>
    applyAffine(affine, [
      corner & 1 ? shape[0] - 1 : 0,
      corner & 2 ? shape[1] - 1 : 0,
      corner & 4 ? shape[2] - 1 : 0,
    ]),
  );
  const edge = (pick: (...values: number[]) => number): Vector3 => [
    pick(...corners.map(([x]) => x)),
    pick(...corners.map(([, y]) => y)),
    pick(...corners.map(([, , z]) => z)),
  ];
  return { low: edge(Math.min), high: edge(Math.max) };
}

/** What of an image is no background: its bright level, and the level from which a voxel counts. */
export interface Foreground {
  /** The 99.5th percentile of the voxels above 0. */
  readonly white: number;
  /** A twentieth of `white`: above the noise of air, below grey matter. */
  readonly least: number;
  /** Volume of the voxels above `least` in mm3. */
  readonly size: number;
}

/** Finds the foreground of an image. Throws an InputError where no voxel is above 0. */
export function foreground({ grid, data }: Volume): Foreground {
  const isAboveZero = Uint8Array.from(data, (value) => (value > 0 ? 1 : 0));
  if (!isAboveZero.includes(1))
    throw new InputError('The image has no voxel above 0, so there is nothing to register; check the scan.');
  const white = percentile(data, 99.5, isAboveZero);
  const least = white / 20;
  const [dx, dy, dz] = voxelSizes(grid.affine);
  let count = 0;
  for (const value of data) if (value > least) count += 1;
  return { white, least, size: count * dx * dy * dz };
}

/** Larger than brains are (they reach 1.9 litres with the fluid around them), smaller than heads. */
const largestBrain = 2.2e6;

/** Whether an image shows a whole head rather than a brain alone: its foreground exceeds 2.2 litres. */
export function isHead({ size }: Foreground): boolean {
  return size > largestBrain;
}

/** A brain reaches no farther down than this from the top of the head, in mm; what is below is face and neck. */
const brainHeight = 150;

/** The centre of mass (RAS+ mm) of the foreground in the uppermost 150 mm. */
export function centreOfHead({ grid, data }: Volume, { white, least }: Foreground): Vector3 {
  const [nx, ny, nz] = grid.shape;
  const each = (visit: (point: Vector3, value: number) => void): void => {
    let index = 0;
    for (let k = 0; k < nz; k += 1)
      for (let j = 0; j < ny; j += 1)
        for (let i = 0; i < nx; i += 1, index += 1)
          if (data[index] > least) visit(applyAffine(grid.affine, [i, j, k]), Math.min(white, data[index]));
  };
  const heights: number[] = [];
  each(([, , z]) => heights.push(z));
  heights.sort((a, b) => a - b);
  // Not the very highest voxel, which may be noise.
  const top = heights[Math.floor(0.999 * (heights.length - 1))];
  let [mass, x, y, z] = [0, 0, 0, 0];
  each((point, value) => {
    if (point[2] < top - brainHeight) return;
    mass += value;
    x += value * point[0];
    y += value * point[1];
    z += value * point[2];
  });
  return [x / mass, y / mass, z / mass];
}
