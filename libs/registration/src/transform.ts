import { type Affine, applyAffine, type Vector3 } from '@oinr/volume';
import { displacementAt, type SplineWarp } from './splineWarp.ts';

/**
 * Where a point of the template lies in the scan, both in RAS+ mm of their own headers: first the warp moves the
 * point within the template's space, then the affine takes it to the scan. This direction, output to input, is the one
 * that resampling needs: every voxel of the result looks up its own place.
 */
export interface SpatialTransform {
  readonly affine: Affine;
  readonly warp?: SplineWarp;
}

/** A point of the template (RAS+ mm) -> the same anatomy in the scan (RAS+ mm). */
export function mapPoint({ affine, warp }: SpatialTransform, point: Vector3): [number, number, number] {
  if (warp === undefined) return applyAffine(affine, point);
  const [dx, dy, dz] = displacementAt(warp, point);
  return applyAffine(affine, [point[0] + dx, point[1] + dy, point[2] + dz]);
}
