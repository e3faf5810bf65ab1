export type { Attenuation } from './attenuation.ts';
export { attenuation } from './attenuation.ts';
export type { Detections, VoxelSet } from './detections.ts';
export { above, compareDetections, significant, testedInAll } from './detections.ts';
export type { GroupDifference, GroupMean } from './groupDifference.ts';
export { groupDifference, groupMean } from './groupDifference.ts';
export type { Peak, PeakMatch } from './peaks.ts';
export { matchPeaks } from './peaks.ts';
