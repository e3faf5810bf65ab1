import { InputError } from '@oinr/errors';

/**
 * What an acquired slice measures of the volume along the slice axis. `thin`: the slice itself (thin slices with
 * gaps, as in the paper). `box`: the mean over `thickness` slices around it. `gauss`: a Gaussian mean whose full
 * width at half maximum is `thickness`. Thickness counts slices of the full grid and need not be an integer.
 */
export type SliceProfile = { readonly kind: 'thin' } | ThickProfile;

/** A slice that averages over its neighbourhood; see SliceProfile. */
export interface ThickProfile {
  readonly kind: 'box' | 'gauss';
  /** In slices of the full grid; need not be an integer. */
  readonly thickness: number;
}

/** Weights at offsets -reach .. reach from the slice's centre; their sum is 1. */
export interface ProfileWeights {
  readonly reach: number;
  readonly weights: Float64Array;
}

/**
 * The weights of a profile on the slices around the centre. A box of thickness T weighs each slice by the share of
 * [-T/2, T/2] that its own unit interval covers; a Gaussian is taken at slice centres, to three standard deviations.
 * Throws an InputError for a thickness that is not a positive finite number.
 */
export function profileWeights(profile: SliceProfile): ProfileWeights {
  if (profile.kind === 'thin') return { reach: 0, weights: Float64Array.of(1) };
  const { thickness } = profile;
  if (!(thickness > 0 && Number.isFinite(thickness)))
    throw new InputError(
      `A slice profile needs a positive thickness in slices of the full grid, but got ${thickness}.`,
    );
  const sigma = thickness / Math.sqrt(8 * Math.LN2);
  const reach = profile.kind === 'box' ? Math.max(0, Math.ceil(thickness / 2 - 0.5)) : Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, n) => {
    const offset = n - reach;
    if (profile.kind === 'gauss') return Math.exp(-0.5 * (offset / sigma) ** 2);
    return Math.max(0, Math.min(offset + 0.5, thickness / 2) - Math.max(offset - 0.5, -thickness / 2));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { reach, weights: weights.map((weight) => weight / total) };
}

/** A slice to which its neighbours contribute less than this share in all counts as thin: that is rounding. */
const leastShare = 1e-6;

/** Whether an acquired slice averages over more than its own slice of the full grid. */
export function isThick(profile: SliceProfile | undefined): profile is ThickProfile {
  if (profile === undefined) return false;
  const { reach, weights } = profileWeights(profile);
  return weights[reach] < 1 - leastShare;
}
