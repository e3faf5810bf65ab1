import { type Affine, applyAffine, invertAffine, type Vector3 } from '@oinr/volume';
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

/** Enough for displacements whose slope is at most a half: each round halves what is left of a centimetre or two. */
const rounds = 12;
/** A round that moves the point by less than this (mm) was the last. */
const settled = 1e-6;

/** The way back: a point of the scan -> the same anatomy in the template. The warp is undone by iteration. */
export function mapBack({ affine, warp }: SpatialTransform, point: Vector3): [number, number, number] {
  const unwarped = applyAffine(invertAffine(affine), point);
  if (warp === undefined) return unwarped;
  let place = unwarped;
  for (let round = 0; round < rounds; round += 1) {
    const [dx, dy, dz] = displacementAt(warp, place);
    const next: [number, number, number] = [unwarped[0] - dx, unwarped[1] - dy, unwarped[2] - dz];
    const step = Math.max(
      Math.abs(next[0] - place[0]),
      Math.abs(next[1] - place[1]),
      Math.abs(next[2] - place[2]),
    );
    place = next;
    if (step < settled) break;
  }
  return place;
}
