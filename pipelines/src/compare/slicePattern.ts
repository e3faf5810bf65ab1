import { readFile } from 'node:fs/promises';
import { readHeader } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { type ArrayAxis, voxelSizes } from '@oinr/volume';

/** Slices of a volume that are as they were measured. */
export interface UnchangedSlices {
  readonly axis: ArrayAxis;
  readonly kept: readonly number[];
}

/** What imputed data share with the full data. */
export interface SlicePattern {
  /** mm from one kept slice to the next on the scans' own grids; where scans differ, the middle one of all. */
  readonly spacing: number;
  /** The smallest and the largest of these distances; absent where they are the same in all scans. */
  readonly spread?: readonly [low: number, high: number];
  /**
   * Absent where volumes were resampled after imputation, so that every voxel mixes kept and missing slices, and where the
   * kept slices are not the same in all subjects, so that no slice is missing in everybody.
   */
  readonly slices?: UnchangedSlices;
}

/** A scan on its own grid, and the sidecar of a volume that was imputed from it. */
export interface ImputedScan {
  readonly image: string;
  readonly sidecar: string;
  /** The file of the transform through which it was registered afterwards; absent where it was not. */
  readonly transform?: string;
}

/** The pattern of volumes that all lie on one grid. */
export async function sharedPattern(scans: readonly ImputedScan[], every: number): Promise<SlicePattern> {
  const slices = await keptSlices(scans[0].sidecar);
  const spacing = await spacingOf(scans[0], every);
  for (const { sidecar } of scans.slice(1)) {
    const { axis, kept } = await keptSlices(sidecar);
    if (axis !== slices.axis || String(kept) !== String(slices.kept)) return { spacing };
  }
  return { spacing, slices };
}

/** The pattern of scans with grids of their own, which were resampled afterwards. */
export async function resampledPattern(scans: readonly ImputedScan[], every: number): Promise<SlicePattern> {
  const spacings: number[] = [];
  for (const scan of scans) spacings.push(await spacingOf(scan, every));
  spacings.sort((a, b) => a - b);
  const [low, high] = [spacings[0], spacings[spacings.length - 1]];
  return {
    spacing: spacings[Math.floor(spacings.length / 2)],
    // Headers round; less than a hundredth is no difference of protocols.
    ...(high > 1.01 * low && { spread: [low, high] }),
  };
}

async function spacingOf({ image, sidecar }: ImputedScan, every: number): Promise<number> {
  const { axis } = await keptSlices(sidecar);
  return every * voxelSizes((await readHeader(image)).grid.affine)[axis];
}

/** @throws RunError where the sidecar does not say. */
export async function keptSlices(sidecar: string): Promise<UnchangedSlices> {
  try {
    const read: unknown = JSON.parse(await readFile(sidecar, 'utf8'));
    if (typeof read === 'object' && read !== null && 'KeptSlices' in read && 'SliceArrayAxis' in read) {
      const axis = ['i', 'j', 'k'].indexOf(String(read.SliceArrayAxis));
      if (axis >= 0 && Array.isArray(read.KeptSlices))
        return { axis: axis as ArrayAxis, kept: read.KeptSlices };
    }
  } catch {
    // The sentence below says what to do.
  }
  throw new RunError(
    `${sidecar} does not say which slices were kept; run the stage impute again; it makes anew what is missing.`,
  );
}
