import { type Comparison, psnr, sliceErrors, ssimMissing } from '@oinr/metrics';

/** What is measured of one imputed volume, in the order of the columns of tables/mse.tsv. */
export const measures = [
  'mse_kept',
  'mse_missing',
  'mse_volume',
  'mse_missing_mask',
  'psnr_missing',
  'ssim_missing',
  'bias_missing_mask',
] as const;

/** The errors of one imputed volume; null for what cannot be said. */
export type Errors = Readonly<Record<(typeof measures)[number], number | null>>;

/** Compares an imputed volume with the truth; null stands for what cannot be said (no slice missing, no mask). */
export function measure(comparison: Comparison): Errors {
  const { kept, missing, volume, mask } = sliceErrors(comparison);
  return {
    mse_kept: finiteOrNull(kept.mse),
    mse_missing: finiteOrNull(missing.mse),
    mse_volume: finiteOrNull(volume.mse),
    mse_missing_mask: finiteOrNull(mask?.missing.mse),
    psnr_missing: finiteOrNull(psnr(missing.mse)),
    ssim_missing: finiteOrNull(ssimMissing(comparison)),
    bias_missing_mask: finiteOrNull(mask?.missing.bias),
  };
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
