import type { Subject } from '@oinr/cohort';
import { mapLimited } from '@oinr/files';
import { type NiftiHeader, readHeader } from '@oinr/nifti';
import { sameGrid } from '@oinr/volume';
import { mostVoxels } from '../simulate/memory.ts';

/** What headers say of the one grid that all images lie on. */
export type GridClaim = 'mni' | 'common space' | 'scanner';

/**
 * Whether all images lie on one grid, and what their headers say of it: `mni` where every one says so, `common space`
 * where every one names its coordinates as aligned, Talairach, MNI or another template's, as toolboxes write them and
 * libraries by default, so that it is no more than a claim; `scanner` otherwise, since a scanner may give every head the
 * same grid. Undefined where the grids differ, or with one image alone. Only headers are read; an image that cannot be
 * read says nothing here, and fails later with its name.
 */
export async function sharedGrid(subjects: readonly Subject[]): Promise<GridClaim | undefined> {
  const headers = await headersOf(subjects);
  const [first] = headers;
  if (headers.length < 2 || !headers.every(({ grid }) => sameGrid(grid, first.grid))) return undefined;
  if (headers.every(({ space }) => space === 'mni')) return 'mni';
  return headers.every(({ space }) => space !== 'unknown' && space !== 'scanner')
    ? 'common space'
    : 'scanner';
}

// Node and elastix; then copies of a volume in float32 and float64 while it is smoothed and resampled.
const fixedBytes = 600 * 2 ** 20;
const bytesPerVoxel = 30;

/** What a job may hold at its peak, from the largest volume that the headers announce. */
export async function registrationMemory(subjects: readonly Subject[]): Promise<number> {
  return fixedBytes + bytesPerVoxel * (await mostVoxels(subjects));
}

// A cohort of thousands must not open all its files at once.
const filesAtOnce = 8;

/** The headers of images; those that cannot be read are left out. */
export async function headersOf(subjects: readonly Subject[]): Promise<NiftiHeader[]> {
  const headers = await mapLimited(subjects, filesAtOnce, ({ image }) =>
    readHeader(image).catch(() => undefined),
  );
  return headers.filter((header) => header !== undefined);
}
