import { InputError } from '@oinr/errors';
import { intensityScale, percentile } from '@oinr/metrics';

/** By what intensities are divided in the common space. */
export const intensityRules = ['percentile', 'white-matter', 'none'] as const;
export type IntensityRule = (typeof intensityRules)[number];

/** The number that intensities of one volume are divided by, and what it is. */
export interface IntensityLevel {
  readonly value: number;
  readonly description: string;
}

/**
 * The level of a volume inside a mask (1 inside). Throws an InputError where it is no positive number.
 */
export function intensityLevel(data: Float32Array, mask: Uint8Array, rule: IntensityRule): IntensityLevel {
  if (rule === 'none') return { value: 1, description: 'as stored' };
  if (rule === 'percentile') return intensityScale(data, mask);
  const value = whiteMatterPeak(data, mask);
  return {
    value,
    description: `stored intensity / white-matter peak inside the mask (${value.toPrecision(6)})`,
  };
}

const bins = 128;
/** A peak lower than this share of the highest is taken for noise of the histogram. */
const leastPeak = 0.25;

/**
 * The brightest peak of the histogram inside a mask, which in a T1 image is white matter: 128 bins from the 1st to the
 * 99.9th percentile, smoothed over 9 bins.
 */
export function whiteMatterPeak(data: Float32Array, mask: Uint8Array): number {
  const low = percentile(data, 1, mask);
  const high = percentile(data, 99.9, mask);
  if (!(high > low && high > 0))
    throw new InputError('The white-matter peak cannot be found: the brain has one intensity only.');
  const width = (high - low) / bins;
  const counts = new Float64Array(bins);
  data.forEach((value, index) => {
    const bin = Math.floor((value - low) / width);
    if (mask[index] === 1 && bin >= 0 && bin < bins) counts[bin] += 1;
  });
  const weights = [1, 2, 3, 4, 5, 4, 3, 2, 1];
  const smooth = counts.map((_, bin) =>
    weights.reduce((sum, weight, place) => sum + weight * (counts[bin + place - 4] ?? 0), 0),
  );
  const highest = smooth.reduce((most, value) => Math.max(most, value), 0);
  for (let bin = bins - 2; bin > 0; bin -= 1) {
    const isPeak = smooth[bin] >= smooth[bin - 1] && smooth[bin] > smooth[bin + 1];
    if (isPeak && smooth[bin] >= leastPeak * highest) return low + (bin + 0.5) * width;
  }
  throw new InputError('The white-matter peak cannot be found: the histogram of the brain has no peak.');
}
