import { createHash } from 'node:crypto';
import type { Subject } from '@oinr/cohort';
import { stream } from '@oinr/random';
import { keepEvery, slicesToKept } from '@oinr/slices';
import { implantPlaces, positionOf } from '@oinr/transfer';
import { commonMask, registerFirst } from '@oinr/ttest';
import { arrayAxis, type Grid, sameGrid, voxelCount, voxelSizes } from '@oinr/volume';
import { headersOf } from '../prepare/headers.ts';
import { apart } from './blobs.ts';
import type { TransferConfig } from './config.ts';
import type { CommonBrain, Place } from './plan.ts';

/** What decides where implants are. */
type PlacesConfig = Pick<TransferConfig, 'axis' | 'k' | 'offset' | 'sizes' | 'smooth' | 'seed'>;

/** The grid of all people; undefined where they lie on several. A header that cannot be read is its subject's failure. */
export async function commonGrid(subjects: readonly Subject[]): Promise<Grid | undefined> {
  const [first, ...others] = await headersOf(subjects);
  return others.every(({ grid }) => sameGrid(grid, first.grid)) ? first?.grid : undefined;
}

const asked = ({ id, image, mask }: Subject) => ({ name: `sub-${id}`, image, mask });

/**
 * The brain that people on one grid have in common, and the places of implants in it. Whose mask cannot be read is left
 * out: as a subject it fails again, and is told.
 *
 * @throws InputError where there is no room for an implant; RequestError where nobody's mask can be read.
 */
export async function commonBrain(
  subjects: readonly Subject[],
  grid: Grid,
  config: PlacesConfig,
): Promise<CommonBrain> {
  const people: CommonBrain['people'][number][] = [];
  for (const subject of subjects) if (await canBeRead(asked(subject), grid)) people.push(asked(subject));
  const inside = await insideAll({ people: people.length > 0 ? people : subjects.map(asked), grid });
  const checksum = createHash('sha256').update(inside).digest('hex');
  const places = Object.fromEntries(
    config.sizes.map((size) => [size, centresOf(grid, inside, size, config, 'common')]),
  );
  return { grid, people, checksum, places };
}

async function canBeRead(person: CommonBrain['people'][number], grid: Grid): Promise<boolean> {
  return insideAll({ people: [person], grid }).then(
    () => true,
    () => false,
  );
}

/** 1 at the voxels inside the masks of all people. */
export async function insideAll({ people, grid }: Pick<CommonBrain, 'people' | 'grid'>): Promise<Uint8Array> {
  const space = { grid, reference: people[0].image, advice: registerFirst };
  const { indices } = await commonMask(people, space);
  const inside = new Uint8Array(voxelCount(grid));
  for (const voxel of indices) inside[voxel] = 1;
  return inside;
}

/** Centres of the implants of one size, as voxels: each distance to the kept slices as often as in the brain. */
export function centresOf(
  grid: Grid,
  inside: Uint8Array,
  size: number,
  config: PlacesConfig,
  whose: string,
): number[] {
  const slices = slicesOf(grid, config);
  const kinds = slices.distances.map((distances) => Object.values(distances).join(' '));
  const spacing = voxelSizes(grid.affine)[arrayAxis(grid, config.axis)];
  return implantPlaces({
    grid,
    inside,
    fwhm: size,
    apart: apart(size, config.smooth, Math.max(...config.k) * spacing),
    kindOf: (voxel) => kinds[slices.of(voxel)],
    random: stream(config.seed, 'transfer', whose, size),
  });
}

/** What tables say of a place. */
export function placeOf(grid: Grid, voxel: number, config: PlacesConfig): Place {
  const slices = slicesOf(grid, config);
  return { voxel, position: positionOf(grid, voxel), distances: slices.distances[slices.of(voxel)] };
}

/** The slices along the axis that is thinned. */
interface Slices {
  /** The slice that a voxel lies in. */
  readonly of: (voxel: number) => number;
  /** By slice, the distance to the nearest kept one in mm, by k. */
  readonly distances: readonly Readonly<Record<number, number>>[];
}

function slicesOf(grid: Grid, { axis: anatomical, k, offset }: PlacesConfig): Slices {
  const axis = arrayAxis(grid, anatomical);
  const length = grid.shape[axis];
  const spacing = voxelSizes(grid.affine)[axis];
  const stride = grid.shape.slice(0, axis).reduce((product, count) => product * count, 1);
  const kept = k.map((every) => [every, keepEvery({ length, every, offset })] as const);
  return {
    of: (voxel) => Math.floor(voxel / stride) % length,
    distances: Array.from({ length }, (_, slice) =>
      Object.fromEntries(kept.map(([every, list]) => [every, spacing * slicesToKept(list, slice)])),
    ),
  };
}
