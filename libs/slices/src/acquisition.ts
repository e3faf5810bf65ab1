import type { ArrayAxis, Volume } from '@oinr/volume';
import { axisLayout } from './axisLayout.ts';
import type { KeptSlices } from './keptSlices.ts';
import { dropSlices } from './keptSlices.ts';
import { checkKept } from './patterns.ts';
import type { SliceProfile } from './profile.ts';
import { profileWeights } from './profile.ts';

/**
 * Simulates the acquisition of `kept` slices from a full volume: each is the weighted mean of the slices around it.
 * At the ends of the volume the weights of the slices that exist are scaled to sum 1.
 * Throws an InputError as `dropSlices` and `profileWeights` do.
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
        for (let i = 0; i < inner; i++) sums[i] = sums[i] + weight * volume.data[from + i];
      }
      const to = inner * (n + kept.length * o);
      for (let i = 0; i < inner; i++) data[to + i] = sums[i] / total;
    });
  }
  return { grid: volume.grid, axis, kept: [...kept], data, profile };
}
