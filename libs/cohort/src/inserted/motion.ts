import { stream } from '@oinr/random';
import {
  type Affine,
  applyAffine,
  type Grid,
  multiplyAffines,
  shiftOrigin,
  type Vector3,
} from '@oinr/volume';

/** Turns about each axis in degrees: over a brain they make a voxel or two of difference, so every part of one occurs. */
const [leastTurn, mostTurn] = [0.4, 0.8];

/**
 * A small rigid motion of one person's scan: where a point of the new image (RAS+ mm) lies in the scan. Everybody's scan
 * is resampled through one, with and without a loss. Without it, voxels that nothing moves would come out as they were,
 * and only those near a loss would be interpolated: their blur would tell the groups apart. A shift of up to half a voxel
 * along each stored axis and a turn of under a degree about each of the world's let every part of a voxel occur
 * everywhere, in both groups alike.
 */
export function smallMotion(seed: number, id: string, grid: Grid): Affine {
  const random = stream(seed, 'inserted', id, 'motion');
  const turn = (): number =>
    ((random.integer(2) === 0 ? -1 : 1) * random.uniformIn(leastTurn, mostTurn) * Math.PI) / 180;
  const part = (): number => random.uniformIn(-0.5, 0.5);
  const [a, b, c] = [turn(), turn(), turn()];
  const shift: Vector3 = [part(), part(), part()];
  const turned = multiplyAffines(
    [Math.cos(c), -Math.sin(c), 0, 0, Math.sin(c), Math.cos(c), 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    multiplyAffines(
      [Math.cos(b), 0, Math.sin(b), 0, 0, 1, 0, 0, -Math.sin(b), 0, Math.cos(b), 0, 0, 0, 0, 1],
      [1, 0, 0, 0, 0, Math.cos(a), -Math.sin(a), 0, 0, Math.sin(a), Math.cos(a), 0, 0, 0, 0, 1],
    ),
  );
  const middle: Vector3 = [(grid.shape[0] - 1) / 2, (grid.shape[1] - 1) / 2, (grid.shape[2] - 1) / 2];
  const from = applyAffine(grid.affine, middle);
  const [, , , x, , , , y, , , , z] = shiftOrigin(grid.affine, [
    middle[0] + shift[0],
    middle[1] + shift[1],
    middle[2] + shift[2],
  ]);
  const [dx, dy, dz] = applyAffine(turned, from);
  return turned.map((value, index) =>
    index === 3 ? x - dx : index === 7 ? y - dy : index === 11 ? z - dz : value,
  );
}
