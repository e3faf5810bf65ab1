import { InputError } from '@oinr/errors';

/** Voxels as a set: 1 where the voxel belongs to it, else 0; one entry per voxel, any order that both maps share. */
export type VoxelSet = Uint8Array;

/** How a set of detected voxels compares with a reference set, among the voxels tested. */
export interface Detections {
  /** Voxels in the reference, in the candidate, in both, and tested at all. */
  readonly reference: number;
  readonly candidate: number;
  readonly both: number;
  readonly tested: number;
  /** 2 both / (reference + candidate); undefined where both sets are empty (Dice 1945). */
  readonly dice: number | undefined;
  /** both / reference: the share of the reference that was found; undefined without a reference. */
  readonly sensitivity: number | undefined;
  /** Type 2 error: the share of the reference that was missed; undefined without a reference. */
  readonly typeTwoError: number | undefined;
  /** (candidate - both) / candidate: the share of what was found that is not in the reference. */
  readonly oneMinusPrecision: number | undefined;
  /** Type 1 error: the share of tested voxels outside the reference that were found all the same. */
  readonly typeOneError: number | undefined;
}

/** The voxels whose value is finite in every one of the maps: those that were tested in all of them. */
export function testedInAll(maps: readonly ArrayLike<number>[]): VoxelSet {
  const length = maps[0]?.length ?? 0;
  for (const map of maps) sameLength(map, length);
  return Uint8Array.from({ length }, (_, voxel) => Number(maps.every((map) => Number.isFinite(map[voxel]))));
}

/**
 * Counts and rates of `candidate` against `reference`, among the voxels of `tested` (all voxels where it is left
 * out). A ratio whose denominator is zero is undefined, never NaN: "nothing to find" is not "found nothing".
 *
 * @throws InputError when the sets differ in length.
 */
export function compareDetections(reference: VoxelSet, candidate: VoxelSet, tested?: VoxelSet): Detections {
  sameLength(candidate, reference.length);
  if (tested !== undefined) sameLength(tested, reference.length);
  let inReference = 0;
  let inCandidate = 0;
  let both = 0;
  let count = 0;
  for (let voxel = 0; voxel < reference.length; voxel += 1) {
    if (tested !== undefined && tested[voxel] !== 1) continue;
    count += 1;
    const isReference = reference[voxel] === 1;
    const isCandidate = candidate[voxel] === 1;
    if (isReference) inReference += 1;
    if (isCandidate) inCandidate += 1;
    if (isReference && isCandidate) both += 1;
  }
  return {
    reference: inReference,
    candidate: inCandidate,
    both,
    tested: count,
    dice: ratio(2 * both, inReference + inCandidate),
    sensitivity: ratio(both, inReference),
    typeTwoError: ratio(inReference - both, inReference),
    oneMinusPrecision: ratio(inCandidate - both, inCandidate),
    typeOneError: ratio(inCandidate - both, count - inReference),
  };
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function sameLength(map: ArrayLike<number>, length: number): void {
  if (map.length !== length) {
    throw new InputError(
      `The maps cover ${length} and ${map.length} voxels; agreement needs maps of one grid. Compare maps made from the same mask.`,
    );
  }
}
