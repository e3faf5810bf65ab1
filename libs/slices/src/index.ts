export { acquireSlices } from './acquisition.ts';
export type { AxisLayout } from './axisLayout.ts';
export { axisLayout } from './axisLayout.ts';
export { otherKind } from './imageKind.ts';
export type { KeptSlices } from './keptSlices.ts';
export { dropSlices, keptShape, keptVolume } from './keptSlices.ts';
export type { FinerGrid } from './lowResolution.ts';
export { finerGrid, lowResolutionAxis } from './lowResolution.ts';
export type { SamplingPattern } from './patterns.ts';
export {
  checkKept,
  everyFromDistance,
  everyFromMissingPercent,
  keepEvery,
  missingPercent,
} from './patterns.ts';
export type { SliceProfile, ThickProfile } from './profile.ts';
export { isThick, profileWeights } from './profile.ts';
export type { Sidecar, SliceFields } from './sliceFields.ts';
export { sliceFieldsOf } from './sliceFields.ts';
export type { SliceIntensities } from './sliceIntensities.ts';
export { sliceIntensities } from './sliceIntensities.ts';
export { slicesToKept } from './slicesToKept.ts';
export type { SliceWidthModel } from './sliceWidth.ts';
export {
  designOf,
  estimateSliceWidth,
  isWholeHead,
  predictedShare,
  shownPart,
  sliceWidthFeatures,
} from './sliceWidth.ts';
