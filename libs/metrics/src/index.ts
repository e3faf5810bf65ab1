export type { IntensityScale, ScaleRule } from './intensityScale.ts';
export { defaultScaleRule, intensityScale } from './intensityScale.ts';
export type { Mask } from './percentile.ts';
export { percentile } from './percentile.ts';
export type { Comparison, ErrorSummary, SliceErrors } from './sliceErrors.ts';
export { checkComparison, psnr, sliceErrors } from './sliceErrors.ts';
export { ssimMissing, structuralSimilarity } from './structuralSimilarity.ts';
