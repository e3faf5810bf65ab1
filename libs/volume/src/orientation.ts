import { InputError } from '@oinr/errors';
import { isUsableAffine } from './affine.ts';
import { nearestRotation } from './rotation.ts';
import type { Affine, AnatomicalAxis, ArrayAxis, Grid } from './volume.ts';

/** Where a stored axis points: the world axis (0 = left-right, 1 = posterior-anterior, 2 = inferior-superior). */
export interface AxisDirection {
  readonly world: ArrayAxis;
  /** 1 when the index grows towards right, anterior or superior; -1 when it grows the other way. */
  readonly sign: 1 | -1;
}

const letters = [
  ['L', 'R'],
  ['P', 'A'],
  ['I', 'S'],
] as const;

/** The world axis along which slices of this name follow each other. */
export const worldAxisOf: Readonly<Record<AnatomicalAxis, ArrayAxis>> = { sagittal: 0, coronal: 1, axial: 2 };

/**
 * The world axis nearest to each stored axis, each world axis used once. The columns of the nearest rotation
 * are visited in stored order and each takes the largest entry among the rows that are left: the rule of
 * nibabel's `io_orientation`, so that oblique scans get the same answer everywhere. Throws an InputError for a
 * singular affine.
 */
export function axisDirections(affine: Affine): [AxisDirection, AxisDirection, AxisDirection] {
  if (!isUsableAffine(affine)) {
    throw new InputError(
      `The affine [${affine.join(', ')}] has no orientation: its columns do not span a volume. Correct the geometry of the image.`,
    );
  }
  const rotation = nearestRotation(affine);
  const free = new Set<ArrayAxis>([0, 1, 2]);
  const nearest = (column: ArrayAxis): AxisDirection => {
    let world: ArrayAxis = 0;
    let largest = -1;
    for (const row of free) {
      const size = Math.abs(rotation[3 * row + column]);
      if (size > largest) {
        largest = size;
        world = row;
      }
    }
    free.delete(world);
    return { world, sign: rotation[3 * world + column] < 0 ? -1 : 1 };
  };
  return [nearest(0), nearest(1), nearest(2)];
}

/** The three letters of an orientation, towards which each stored axis grows: 'RAS', 'LPI', 'PSR' and so on. */
export function orientationCodes(affine: Affine): string {
  return axisDirections(affine)
    .map(({ world, sign }) => letters[world][sign === 1 ? 1 : 0])
    .join('');
}

/** The stored axis nearest to an anatomical one: `arrayAxis(grid, 'coronal')` is the axis to count coronal slices on. */
export function arrayAxis(grid: Grid, axis: AnatomicalAxis): ArrayAxis {
  const directions = axisDirections(grid.affine);
  const wanted = worldAxisOf[axis];
  if (directions[0].world === wanted) return 0;
  return directions[1].world === wanted ? 1 : 2;
}

/** The anatomical name of a stored axis: the inverse of `arrayAxis`. */
export function anatomicalAxis(grid: Grid, axis: ArrayAxis): AnatomicalAxis {
  const names: readonly AnatomicalAxis[] = ['sagittal', 'coronal', 'axial'];
  return names[axisDirections(grid.affine)[axis].world];
}
