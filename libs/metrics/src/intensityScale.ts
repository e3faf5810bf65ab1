import { InputError } from '@oinr/errors';
import type { Mask } from './percentile.ts';
import { percentile } from './percentile.ts';

/** By what intensities are divided before errors are taken, and how to say so beside every number. */
export interface IntensityScale {
  /** Positive; errors are (imputed - truth) / value. */
  readonly value: number;
  /** The unit of what was divided, such as `stored intensity / 255`. */
  readonly description: string;
}

/** A given number (255 in the paper), or a percentile of the truth inside a mask. */
export type ScaleRule = { readonly divideBy: number } | { readonly percentile: number };

/** The rule of every table here unless another is asked for. */
export const defaultScaleRule: ScaleRule = { percentile: 99.5 };

/**
 * The intensity scale of a volume. A percentile is taken inside the mask; without a mask, over the voxels above 0,
 * since the share of background depends on how a volume was cropped. Throws an InputError where the result is not a
 * positive number, as for a constant volume of zeros.
 */
export function intensityScale(
  volume: Float32Array,
  mask?: Mask,
  rule: ScaleRule = defaultScaleRule,
): IntensityScale {
  if ('divideBy' in rule) {
    checkScale(rule.divideBy, 'the number given');
    return { value: rule.divideBy, description: `stored intensity / ${rule.divideBy}` };
  }
  const where = mask ? 'inside the mask' : 'over voxels above 0';
  if (!mask && !volume.some((value) => value > 0))
    throw new InputError(
      'The intensity scale cannot be found: no voxel is above 0; give a mask or a number.',
    );
  const value = percentile(volume, rule.percentile, mask ?? volume.map((v) => (v > 0 ? 1 : 0)));
  checkScale(value, `the ${rule.percentile}th percentile ${where}`);
  return {
    value,
    description: `stored intensity / ${rule.percentile}th percentile ${where} (${value.toPrecision(6)})`,
  };
}

function checkScale(value: number, what: string): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new InputError(
      `Intensities must be divided by a positive number, but ${what} is ${value}; give a number or another mask.`,
    );
}
