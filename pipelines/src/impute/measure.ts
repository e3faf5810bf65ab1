import { type Comparison, psnr, sliceErrors, ssimMissing } from '@oinr/metrics';

/** The errors of one imputed volume, as they stand in tables/mse.tsv. */
export interface Errors {
  readonly mse_kept: number | null;
  readonly mse_missing: number | null;
  readonly mse_volume: number | null;
  readonly mse_missing_mask: number | null;
  readonly psnr_missing: number | null;
  readonly ssim_missing: number | null;
  readonly bias_missing_mask: number | null;
}

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
