import type { Scan } from '@oinr/scan';
import { acquireSlices, isThick, type KeptSlices, keepEvery, type SliceProfile } from '@oinr/slices';
import { type Grid, voxelSizes } from '@oinr/volume';

export const profileNames = ['thin', 'box', 'gauss'] as const;
export type ProfileName = (typeof profileNames)[number];

/** What the kept slices measure of the volume: `--profile` and `--slice-thickness`. */
export interface Acquisition {
  readonly profile: ProfileName;
  /** In mm; where not given, slices are as thick as they are apart. */
  readonly sliceThickness?: number;
}

/** The profile in slices of the full grid, of which one is kept in `every`. */
export function sliceProfile(
  { profile, sliceThickness }: Acquisition,
  grid: Grid,
  axis: 0 | 1 | 2,
  every: number,
): SliceProfile {
  if (profile === 'thin') return { kind: 'thin' };
  const slices = sliceThickness === undefined ? every : sliceThickness / voxelSizes(grid.affine)[axis];
  return { kind: profile, thickness: slices };
}

/** The kept slices of a scan as such an acquisition would have measured them. */
export function acquireKept(
  { scaled, axis }: Pick<Scan, 'scaled' | 'axis'>,
  every: number,
  offset: number,
  acquisition: Acquisition,
): KeptSlices {
  const kept = keepEvery({ length: scaled.grid.shape[axis], every, offset });
  return acquireSlices(scaled, axis, kept, sliceProfile(acquisition, scaled.grid, axis, every));
}

/** Whether kept slices are samples, which come out as measured, and not averages. */
export function areSamples({ profile }: Pick<KeptSlices, 'profile'>): boolean {
  return !isThick(profile);
}

/** `thin slices`, `slices averaged over a box of 5 mm`, ... */
export function acquisitionInWords(acquisition: Acquisition): string {
  const averagedOver = profileInWords(acquisition);
  return averagedOver === undefined ? 'thin slices' : `slices averaged over ${averagedOver}`;
}

/** `a box of 5 mm`, ...; undefined for thin slices, which are averaged over nothing. */
export function profileInWords({ profile, sliceThickness }: Acquisition): string | undefined {
  if (profile === 'thin') return undefined;
  const size = sliceThickness === undefined ? 'as wide as they are apart' : `of ${sliceThickness} mm`;
  const shape = profile === 'box' ? 'a box' : 'a Gaussian (full width at half maximum)';
  return `${shape} ${size}`;
}
