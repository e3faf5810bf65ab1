import { InputError } from '@oinr/errors';
import {
  type Imputation,
  type ImputationMethod,
  inOriginalIntensities,
  type MethodContext,
} from '@oinr/imputation';
import { type KeptSlices, otherKind, type SliceFields } from '@oinr/slices';
import type { Volume } from '@oinr/volume';
import type { Acquired } from './acquired.ts';
import type { Scan } from './scan.ts';
import { type EvenedScan, evenSlices, type SliceIntensityChoice } from './sliceBrightness.ts';

/** A scan whose slices are to be filled, and how. */
export interface FillRequest {
  readonly scan: Scan;
  readonly acquired: Acquired;
  readonly fields: SliceFields;
  /** As it is named in errors, and its name without folder and extension. */
  readonly file: string;
  readonly stem: string;
  readonly method: ImputationMethod;
  readonly sliceIntensity: SliceIntensityChoice;
  /** Fill an image that is no T1-weighted scan by all appearance. */
  readonly anyImage: boolean;
}

/** A scan with the slices between those acquired. */
export interface FilledScan {
  /** In the intensities of the scan. */
  readonly volume: Volume;
  readonly acquired: Acquired;
  readonly even: EvenedScan;
  /** What the image is by all appearance, where it is no scan. */
  readonly kind?: string;
  readonly imputation: Imputation;
}

/**
 * Fills a scan. Slices that are thin samples come out as they were measured, value for value.
 *
 * @throws InputError for an image that is no T1-weighted scan, and what the method throws.
 */
export async function fillScan(
  { scan: measured, acquired, fields, file, stem, method, sliceIntensity, anyImage }: FillRequest,
  context: MethodContext,
): Promise<FilledScan> {
  const kind = otherKind(measured.volume, stem, fields);
  if (kind !== undefined && !anyImage)
    throw new InputError(
      `${file} ${kind}; a T1-weighted scan was expected. --any-image imputes it all the same.`,
    );
  const even = evenSlices(measured, acquired.axis, sliceIntensity);
  const { scan } = even;
  const known = keptSlicesOf(scan, acquired);
  const imputation = await method.impute(known, context);
  const data = inOriginalIntensities(imputation.data, { ...known, data: scan.volume.data }, scan.scale.value);
  return { volume: { grid: known.grid, data }, acquired, even, kind, imputation };
}

/** The acquired slices of a scan on the finer grid, as methods take them: intensities are divided by the scan's scale. */
export function keptSlicesOf({ scaled }: Scan, { finer, axis, profile }: Acquired): KeptSlices {
  return { grid: finer.grid, axis, kept: finer.kept, data: scaled.data, profile };
}
