import type { Subject } from '@oinr/cohort';
import { readVolume } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { intensityProblem, sameGrid, type Volume } from '@oinr/volume';
import { maskOf } from './maskOf.ts';

/** A subject's scan as it is registered and resampled. */
export interface NativeScan {
  readonly volume: Volume;
  /** 1 in the brain: the cohort's mask; absent where it has none. */
  readonly mask?: Uint8Array;
}

/** Reads a subject's scan and the cohort's mask of it. @throws an error whose sentence names the file. */
export async function readNativeScan({ image, mask }: Subject): Promise<NativeScan> {
  const volume = await readVolume(image);
  const problem = intensityProblem(volume);
  if (problem !== undefined) throw new RunError(`${image} ${problem}`);
  if (mask === undefined) return { volume };
  const read = await readVolume(mask);
  if (!sameGrid(read.grid, volume.grid))
    throw new RunError(
      `The mask ${mask} is not on the grid of ${image}; give a mask in the same space, or none.`,
    );
  return { volume, mask: maskOf(read) };
}

/** The volume with 0 outside a mask; the volume itself where there is no mask. */
export function masked(volume: Volume, mask: Uint8Array | undefined): Volume {
  if (mask === undefined) return volume;
  return { grid: volume.grid, data: volume.data.map((value, index) => value * mask[index]) };
}
