import { percentile } from '@oinr/metrics';
import { isThick } from '@oinr/slices';
import { restoreKept } from './keptSlices.ts';
import type { KeptSlices } from './method.ts';

/** A voxel is taken for head when it is above this share of the scale: noise of the air around stays outside. */
export const headThreshold = 0.03;

/** Brings intensities to one scale: (intensity - offset) / scale is 0 at the darkest voxel and about 1 at the brightest. */
export interface IntensityRange {
  readonly offset: number;
  readonly scale: number;
}

/**
 * The smallest value, and the 99.5th percentile of what lies above it as the distance from there. Undefined for constant
 * intensities, and for a distance too small to divide by.
 */
export function intensityRange(data: Float32Array): IntensityRange | undefined {
  let offset = Number.POSITIVE_INFINITY;
  for (const value of data) if (value < offset) offset = value;
  const above = data.filter((value) => value > offset).sort();
  if (above.length === 0) return undefined;
  const scale = above[Math.floor(0.995 * (above.length - 1))] - offset;
  return scale > 0 && Number.isFinite(1 / scale) ? { offset, scale } : undefined;
}

/** Errors are taken over voxels above this share of `headScale`, where no mask is given. */
export const maskShare = 0.02;

/** Voxels below this share of the 99.5th percentile are taken for air when a head is sought. */
export const airShare = 0.05;

/** The 99.5th percentile of the intensities above air. */
export function headScale(data: Float32Array): number {
  const above = (limit: number) => data.map((value) => (value > limit ? 1 : 0));
  const rough = percentile(data, 99.5, above(0));
  return percentile(data, 99.5, above(airShare * rough));
}

/**
 * An imputed volume in the intensities of the scan. Methods are given kept slices that were divided by `scale`;
 * `measured` are the same slices before that, and `imputed` is the full grid as a method has filled it. Where slices are
 * thin samples they are put back exactly as measured, since dividing and multiplying rounds.
 */
export function inOriginalIntensities(
  imputed: Float32Array,
  measured: KeptSlices,
  scale: number,
): Float32Array {
  const volume = imputed.map((value) => value * scale);
  if (!isThick(measured.profile)) restoreKept(volume, measured);
  return volume;
}
