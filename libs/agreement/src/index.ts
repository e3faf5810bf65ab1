export type { Attenuation } from './attenuation.ts';
export { attenuation } from './attenuation.ts';
export type { Detections, VoxelSet } from './detections.ts';
export { compareDetections, testedInAll } from './detections.ts';
export { groupDifference, groupMean } from './groupDifference.ts';
export type { Peak } from './peaks.ts';
export { matchPeaks } from './peaks.ts';
