export { brainInHead } from './brainInHead.ts';
export { foreground, isHead, worldBox } from './foreground.ts';
export { itkAffineText } from './itkAffine.ts';
export { dilateMask } from './morphology.ts';
export { mutualInformation } from './mutualInformation.ts';
export { register, type Target } from './register.ts';
export { resampleThrough } from './resampleThrough.ts';
export { mapBack, mapPoint, type SpatialTransform } from './transform.ts';
