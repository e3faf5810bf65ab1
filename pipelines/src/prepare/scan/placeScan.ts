import {
  brainInHead,
  foreground,
  isHead,
  register,
  resampleThrough,
  type SpatialTransform,
  type Target,
} from '@oinr/registration';
import { type Grid, identityAffine, type Volume } from '@oinr/volume';
import type { PreparedScan, PreparePlan } from '../plan.ts';
import { maskOf } from './maskOf.ts';
import { masked, type NativeScan } from './nativeScan.ts';
import { qualityOf, whiteOf } from './quality.ts';
import { onGrid, readTarget } from './target.ts';

/** Where a volume lies in the common space, and how it looks there. */
export interface Placed {
  readonly target: Target;
  /** The target on the common grid. */
  readonly there: Target;
  readonly transform: SpatialTransform;
  readonly shows: 'brain' | 'head';
  /** Where its brain mask is from. */
  readonly kind: 'given' | 'brain' | 'head';
  /** The volume on the common grid. */
  readonly seen: Volume;
  /** 1 in its brain, on the common grid. */
  readonly mask: Uint8Array;
  readonly white: { readonly template: number; readonly scan: number };
  readonly quality: Pick<PreparedScan, 'mutualInformation' | 'dice' | 'volumeRatio' | 'turn'>;
}

/** Registers a volume, unless it lies on the common grid, and looks at it there. */
export async function placeScan(
  native: NativeScan,
  plan: PreparePlan,
  liesThere: boolean,
  onProgress: (share: number) => void,
): Promise<Placed> {
  const target = await readTarget(plan.target);
  const { transform, shows } = await transformOf(native, target, plan, liesThere, onProgress);
  const kind = native.mask !== undefined ? 'given' : shows;
  const there = onGrid(target, plan.grid);
  const seen = resampleThrough(native.volume, transform, plan.grid, 'cubic');
  const own = kind === 'head' ? brainInHead(seen, there.mask) : brainOnGrid(native, transform, plan.grid);
  const white = { template: whiteOf(there.template.data, there.mask), scan: whiteOf(seen.data, there.mask) };
  return {
    target,
    there,
    transform,
    shows,
    kind,
    seen,
    mask: kind === 'head' ? there.mask : own,
    white,
    quality: qualityOf({ transform, target: there, seen, brain: own, white }),
  };
}

async function transformOf(
  { volume, mask }: NativeScan,
  target: Target,
  plan: PreparePlan,
  liesThere: boolean,
  onProgress: (share: number) => void,
): Promise<{ transform: SpatialTransform; shows: 'brain' | 'head' }> {
  // Where a mask of the brain is given, all outside it is set to 0, so that a scan of a head shows a brain too.
  const shows = mask === undefined ? plan.shows : 'brain';
  if (liesThere) {
    const told = shows ?? (isHead(foreground(volume)) ? 'head' : 'brain');
    return { transform: { affine: identityAffine }, shows: told };
  }
  return register({ target, scan: masked(volume, mask), shows, isNonlinear: plan.isNonlinear, onProgress });
}

/** The scan's own brain on the common grid: its mask, or its voxels above 0. */
function brainOnGrid({ volume, mask }: NativeScan, transform: SpatialTransform, grid: Grid): Uint8Array {
  const inside = mask ?? volume.data.map((value) => (value > 0 ? 1 : 0));
  const seen = resampleThrough(
    { grid: volume.grid, data: Float32Array.from(inside) },
    transform,
    grid,
    'linear',
  );
  return maskOf(seen);
}
