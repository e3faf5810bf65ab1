export type { Vector3 } from './affine.ts';
export {
  affineFromColumns,
  applyAffine,
  determinant3,
  identityAffine,
  invertAffine,
  isUsableAffine,
  multiplyAffines,
  sameGrid,
  shiftOrigin,
  voxelSizes,
} from './affine.ts';
export type { Box } from './crop.ts';
export { boundingBox, crop } from './crop.ts';
export { intensityProblem, nonFiniteCount } from './intensity.ts';
export type { AxisDirection } from './orientation.ts';
export { anatomicalAxis, arrayAxis, axisDirections, orientationCodes, worldAxisOf } from './orientation.ts';
export { affineFromQuaternion, quaternionFromAffine } from './quaternion.ts';
export { reorientationToRas, reorientToRas } from './reorient.ts';
export type { Interpolation } from './resample.ts';
export { resample, voxelSampler } from './resample.ts';
export { antiAlias, gaussianSmooth } from './smooth.ts';
export type { Affine, AnatomicalAxis, ArrayAxis, Grid, Volume } from './volume.ts';
export { checkVolume, stridesOf, voxelCount } from './volume.ts';
