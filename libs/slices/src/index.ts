export type { ProfileWeights, SliceProfile } from './acquisition.ts';
export { acquireSlices, profileWeights } from './acquisition.ts';
export type { AxisLayout } from './axisLayout.ts';
export { axisLayout } from './axisLayout.ts';
export type { KeptSlices } from './keptSlices.ts';
export { dropSlices, keptShape } from './keptSlices.ts';
export type { SamplingPattern } from './patterns.ts';
export {
  checkKept,
  everyFromMissingPercent,
  keepEvery,
  missingPercent,
  missingSlices,
} from './patterns.ts';
