import { InputError } from '@oinr/errors';
import type { RandomStream } from '@oinr/random';
import { applyAffine, type Grid } from '@oinr/volume';
import { Ball } from './ball.ts';

/** Where blobs may be, and how far from each other. */
export interface PlacesRequest {
  readonly grid: Grid;
  /** One per voxel, x fastest; 1 inside the brain. */
  readonly inside: ArrayLike<number>;
  /** Full width at half maximum, mm: the core of a blob, half of that around its centre, lies inside the brain. */
  readonly fwhm: number;
  /** Centres are farther apart than this, mm. */
  readonly apart: number;
  /** What a place is like, such as its distance to the kept slices: kinds get places in proportion to their voxels. */
  readonly kindOf: (voxel: number) => string;
  readonly random: RandomStream;
}

/**
 * Centres of blobs all over the brain, voxels x fastest, ascending: voxels are tried in random order, of the
 * kind first that has the fewest places for its voxels, and taken where the core fits and all others are far enough, until there is no room for a further one.
 *
 * @throws InputError where there is room for none.
 */
export function implantPlaces({ grid, inside, fwhm, apart, kindOf, random }: PlacesRequest): number[] {
  const core = new Ball(grid, fwhm / 2);
  const waiting = new Map<string, number[]>();
  for (let voxel = 0; voxel < inside.length; voxel++) {
    if (inside[voxel] !== 1) continue;
    const kind = kindOf(voxel);
    const list = waiting.get(kind);
    if (list) list.push(voxel);
    else waiting.set(kind, [voxel]);
  }
  const queues = [...waiting.keys()].sort().map((kind) => {
    const order = random.shuffle(waiting.get(kind) ?? []);
    return { order, voxels: order.length, taken: 0 };
  });
  const taken: number[] = [];
  const positions: (readonly [number, number, number])[] = [];
  const fits = (voxel: number): boolean => {
    const position = positionOf(grid, voxel);
    if (positions.some((other) => distance(other, position) <= apart)) return false;
    let isInside = true;
    const isWhole = core.visit(voxel, (near) => {
      if (inside[near] !== 1) isInside = false;
    });
    return isWhole && isInside;
  };
  for (;;) {
    const [queue] = queues
      .filter(({ order }) => order.length > 0)
      .sort((a, b) => a.taken / a.voxels - b.taken / b.voxels);
    if (queue === undefined) break;
    let next = queue.order.pop();
    while (next !== undefined && !fits(next)) next = queue.order.pop();
    if (next === undefined) continue;
    queue.taken += 1;
    taken.push(next);
    positions.push(positionOf(grid, next));
  }
  if (taken.length === 0)
    throw new InputError(
      `There is no room for a blob of ${fwhm} mm: nowhere does its core, ${fwhm / 2} mm around the centre, lie inside the brain. Choose a smaller size, or give a mask of the whole brain.`,
    );
  return taken.sort((a, b) => a - b);
}

/** The centre of a voxel in mm, by the affine. */
export function positionOf({ shape: [nx, ny], affine }: Grid, voxel: number): [number, number, number] {
  return applyAffine(affine, [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))]);
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
