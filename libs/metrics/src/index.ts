export type { IntensityScale, ScaleRule } from './intensityScale.ts';
export { intensityScale } from './intensityScale.ts';
export { median } from './median.ts';
export { percentile } from './percentile.ts';
export type { Comparison, ErrorSummary, SliceErrors } from './sliceErrors.ts';
export { psnr, sliceErrors } from './sliceErrors.ts';
export { ssimMissing } from './structuralSimilarity.ts';
