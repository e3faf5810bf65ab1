import type { ArrayAxis, Volume } from '@oinr/volume';
import { axisLayout } from './axisLayout.ts';
import type { KeptSlices } from './keptSlices.ts';
import { dropSlices } from './keptSlices.ts';
import { checkKept } from './patterns.ts';

/**
 * What an acquired slice measures of the volume along the slice axis. `thin`: the slice itself (thin slices with
 * gaps, as in the paper). `box`: the mean over `thickness` slices around it. `gauss`: a Gaussian mean whose full
 * width at half maximum is `thickness`. Thickness counts slices of the full grid and need not be an integer.
 */
export type SliceProfile =
  | { readonly kind: 'thin' }
  | { readonly kind: 'box' | 'gauss'; readonly thickness: number };

/** Weights at offsets -reach .. reach from the slice's centre; their sum is 1. */
export interface ProfileWeights {
  readonly reach: number;
  readonly weights: Float64Array;
}

/**
 * The weights of a profile on the slices around the centre. A box of thickness T weighs each slice by the share of
 * [-T/2, T/2] that its own unit interval covers; a Gaussian is taken at slice centres, to three standard deviations.
 * Throws a RangeError for a thickness that is not a positive finite number.
 */
export function profileWeights(profile: SliceProfile): ProfileWeights {
  if (profile.kind === 'thin') return { reach: 0, weights: Float64Array.of(1) };
  const { thickness } = profile;
  if (!(thickness > 0 && Number.isFinite(thickness)))
    throw new RangeError(
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

/**
 * Simulates the acquisition of `kept` slices from a full volume: each is the weighted mean of the slices around it.
 * At the ends of the volume the weights of the slices that exist are scaled to sum 1.
 * Throws a RangeError as `dropSlices` and `profileWeights` do.
 */
export function acquireSlices(
  volume: Volume,
  axis: ArrayAxis,
  kept: readonly number[],
  profile: SliceProfile,
): KeptSlices {
  if (profile.kind === 'thin') return dropSlices(volume, axis, kept);
  const { inner, length, outer } = axisLayout(volume.grid.shape, axis);
  checkKept(kept, length);
  const { reach, weights } = profileWeights(profile);
  const data = new Float32Array(inner * kept.length * outer);
  const sums = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    kept.forEach((centre, n) => {
      sums.fill(0);
      let total = 0;
      for (let offset = -reach; offset <= reach; offset++) {
        const p = centre + offset;
        const weight = weights[offset + reach] ?? 0;
        if (p < 0 || p >= length || weight === 0) continue;
        total += weight;
        const from = inner * (p + length * o);
        for (let i = 0; i < inner; i++) sums[i] = (sums[i] ?? 0) + weight * (volume.data[from + i] ?? 0);
      }
      const to = inner * (n + kept.length * o);
      for (let i = 0; i < inner; i++) data[to + i] = (sums[i] ?? 0) / total;
    });
  }
  return { grid: volume.grid, axis, kept: [...kept], data };
}
