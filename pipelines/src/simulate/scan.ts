import type { Subject } from '@oinr/cohort';
import { readHeader, readVolume } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { above, type Region, type Scan, scanOf } from '@oinr/scan';
import { type AnatomicalAxis, sameGrid, type Volume } from '@oinr/volume';

/**
 * Reads a subject's volume and mask and checks them: a scan (see scanOf), and a mask on the same grid.
 *
 * @throws an error whose sentence names the file.
 */
export async function readScan(subject: Subject, axis: AnatomicalAxis, divideBy?: number): Promise<Scan> {
  const volume = await readVolume(subject.image);
  const header = await readHeader(subject.image);
  const given = subject.mask === undefined ? undefined : await readMask(subject.mask, subject.image, volume);
  return scanOf(volume, { header, axis, file: subject.image, given, divideBy });
}

async function readMask(file: string, image: string, volume: Volume): Promise<Required<Region>> {
  const read = await readVolume(file);
  if (!sameGrid(read.grid, volume.grid, 1e-3)) {
    throw new RunError(
      `The mask ${file} (${read.grid.shape.join(' x ')}) is not on the grid of ${image} ` +
        `(${volume.grid.shape.join(' x ')}); give a mask in the same space, or none.`,
    );
  }
  const mask = above(read.data, 0.5);
  if (!mask.includes(1)) throw new RunError(`The mask ${file} is empty; give another, or none.`);
  return { mask, region: "the cohort's mask" };
}
