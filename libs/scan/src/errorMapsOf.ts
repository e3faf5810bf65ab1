import { errorMaps, errorsInIntensities } from '@oinr/imputation';
import type { Volume } from '@oinr/volume';
import { type FilledScan, keptSlicesOf } from './fillScan.ts';

/** Half widths around the values of a filled scan, in its intensities; see `errorMaps` of @oinr/imputation. */
export interface ScanErrorMaps {
  readonly s68: Volume;
  readonly s95: Volume;
}

/** What the header of an error map says: of how many percent of the voxels, and around which volume. */
export function errorMapInWords(map: keyof ScanErrorMaps, volume: string): string {
  return `half width, ${map.slice(1)} %, of ${volume}`;
}

/** The error maps of a scan that a method has filled; undefined where no error was predicted for what filled it. */
export function errorMapsOf(
  { volume, acquired, even, imputation }: Omit<FilledScan, 'kind'>,
  method: string,
): ScanErrorMaps | undefined {
  const filledBy = imputation.filledBy ?? method;
  const error = imputation.predicted && errorsInIntensities(imputation.predicted)[filledBy];
  if (error === undefined) return undefined;
  const { s68, s95 } = errorMaps(keptSlicesOf(even.scan, acquired), filledBy, error);
  const scale = even.scan.scale.value;
  const inIntensities = (map: Float32Array): Volume => ({
    grid: volume.grid,
    data: map.map((value) => value * scale),
  });
  return { s68: inIntensities(s68), s95: inIntensities(s95) };
}
