import {
  type Attenuation,
  attenuation,
  compareDetections,
  type Detections,
  testedInAll,
  type VoxelSet,
} from '@oinr/agreement';
import type { MaskGrid } from '@oinr/statistics';
import type { CellValue } from '@oinr/tables';
import type { Mask } from '@oinr/ttest';
import { stridesOf } from '@oinr/volume';
import type { Detected } from './detected.ts';
import { rateColumns, ratesOf } from './rates.ts';
import type { UnchangedSlices } from './slicePattern.ts';

export interface Agreement {
  readonly slices: 'all' | 'missing';
  readonly attenuation: Attenuation;
  readonly detections: readonly { readonly criterion: string; readonly found: Detections }[];
}

/**
 * Agreement of one imputed data set with the full data, over all voxels that were tested in both, and over those of
 * missing slices alone, since kept slices are identical by construction (unless volumes were smoothed). Volumes that were
 * resampled after imputation have no such slices, and of maps made elsewhere they are not known.
 */
export function agreementOf(
  full: Detected,
  imputed: Detected,
  mask: Mask,
  slices: UnchangedSlices | undefined,
): Agreement[] {
  const [t, ofT] = [full.tested.result.t, imputed.tested.result.t];
  const tested = testedInAll([t, ofT]);
  const missing = slices === undefined ? undefined : missingVoxels(mask, slices);
  const regions: [Agreement['slices'], VoxelSet][] = [['all', tested]];
  if (missing !== undefined) regions.push(['missing', tested.map((one, voxel) => one & missing[voxel])]);
  return regions.map(([slices, within]) => ({
    slices,
    attenuation: attenuation(t, ofT, within),
    detections: imputed.sets.map(({ name, set }, index) => ({
      criterion: name,
      found: compareDetections(full.sets[index].set, set, within),
    })),
  }));
}

/** 1 at the voxels of the mask that lie in slices that were dropped. */
export function missingVoxels(mask: MaskGrid, { axis, kept }: UnchangedSlices): Uint8Array {
  const keptSlices = new Set(kept);
  const strides = stridesOf(mask.shape);
  return Uint8Array.from(mask.indices, (voxel) =>
    keptSlices.has(Math.floor(voxel / strides[axis]) % mask.shape[axis]) ? 0 : 1,
  );
}

export const agreementColumns = [
  'method',
  'missing_percent',
  'k',
  'slices',
  'criterion',
  'tested_voxels',
  'full_voxels',
  'imputed_voxels',
  'both_voxels',
  ...rateColumns,
] as const;

export const attenuationColumns = [
  'method',
  'missing_percent',
  'k',
  'slices',
  'voxels',
  'slope',
  'intercept',
  'correlation',
  'rms_difference',
] as const;

type Records = Record<string, CellValue>[];

export function agreementRecords(
  about: Record<string, CellValue>,
  agreements: readonly Agreement[],
): Records {
  return agreements.flatMap(({ slices, detections }) =>
    detections.map(({ criterion, found }) => ({
      ...about,
      slices,
      criterion,
      tested_voxels: found.tested,
      full_voxels: found.reference,
      imputed_voxels: found.candidate,
      both_voxels: found.both,
      ...ratesOf(found),
    })),
  );
}

export function attenuationRecords(
  about: Record<string, CellValue>,
  agreements: readonly Agreement[],
): Records {
  return agreements.map(({ slices, attenuation: line }) => ({
    ...about,
    slices,
    voxels: line.voxels,
    slope: line.slope,
    intercept: line.intercept,
    correlation: line.correlation,
    rms_difference: line.rootMeanSquareDifference,
  }));
}
