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
export { boundingBox, crop, cropGrid, paste } from './crop.ts';
export { intensityProblem, nonFiniteCount } from './intensity.ts';
export type { AxisDirection } from './orientation.ts';
export { anatomicalAxis, arrayAxis, axisDirections, orientationCodes } from './orientation.ts';
export type { QuaternionForm } from './quaternion.ts';
export { affineFromQuaternion, quaternionFromAffine } from './quaternion.ts';
export type { Reorientation } from './reorient.ts';
export { reorient, reorientationToRas, reorientToRas, restoreOrientation } from './reorient.ts';
export type { Interpolation, VoxelSampler } from './resample.ts';
export { resample, voxelSampler } from './resample.ts';
export { antiAlias, gaussianSmooth } from './smooth.ts';
export { splineCoefficients } from './spline.ts';
export type { Affine, AnatomicalAxis, ArrayAxis, Grid, Volume } from './volume.ts';
export { checkVolume, voxelCount } from './volume.ts';
