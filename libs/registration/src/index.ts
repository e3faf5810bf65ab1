export { brainInHead } from './brainInHead.ts';
export { type FieldOfView, foreground, isHead, worldBox } from './foreground.ts';
export { itkAffineText } from './itkAffine.ts';
export { dilateMask, erodeMask, largestComponent } from './morphology.ts';
export { mutualInformation } from './mutualInformation.ts';
export { type Registration, type RegistrationRequest, register, type Target } from './register.ts';
export { resampleThrough } from './resampleThrough.ts';
export type { SplineWarp } from './splineWarp.ts';
export { mapBack, mapPoint, type SpatialTransform } from './transform.ts';
