import type { Subject } from '@oinr/cohort';
import { readHeader, readVolume, type SpaceName } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { intensityProblem, sameGrid, type Volume } from '@oinr/volume';
import { kindRemarks } from '../../scans/kindRemarks.ts';
import { maskOf } from './maskOf.ts';

/** A subject's scan as it is registered and resampled. */
export interface NativeScan {
  readonly volume: Volume;
  /** 1 in the brain: the cohort's mask; absent where it has none. */
  readonly mask?: Uint8Array;
  /** What the header says that its coordinates mean. */
  readonly space: SpaceName;
  /** What the header says that needs a remark. */
  readonly remarks: readonly string[];
}

/** Reads a subject's scan and the cohort's mask of it. @throws an error whose sentence names the file. */
export async function readNativeScan({ image, mask }: Subject): Promise<NativeScan> {
  const volume = await readVolume(image);
  const problem = intensityProblem(volume);
  if (problem !== undefined) throw new RunError(`${image} ${problem}`);
  const header = await readHeader(image);
  const { space } = header;
  const remarks = [...header.remarks, ...kindRemarks(image, volume)];
  const darkSentence = (where: string): string =>
    `${image} has no voxel above 0${where}, so its head cannot be told from the background and registered. Export it with 0 for air, or leave it out (exclude in the cohort's description).`;
  if (mask === undefined) {
    if (!volume.data.some((value) => value > 0)) throw new RunError(darkSentence(''));
    return { volume, space, remarks };
  }
  const read = await readVolume(mask);
  if (!sameGrid(read.grid, volume.grid))
    throw new RunError(
      `The mask ${mask} is not on the grid of ${image}; give a mask in the same space, or none.`,
    );
  const inside = maskOf(read);
  if (!volume.data.some((value, index) => inside[index] === 1 && value > 0))
    throw new RunError(darkSentence(` in its mask ${mask}`));
  return { volume, mask: inside, space, remarks };
}

/** The volume with 0 outside a mask; the volume itself where there is no mask. */
export function masked(volume: Volume, mask: Uint8Array | undefined): Volume {
  if (mask === undefined) return volume;
  return { grid: volume.grid, data: volume.data.map((value, index) => value * mask[index]) };
}
