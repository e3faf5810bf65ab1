import { compareDetections } from '@oinr/agreement';
import { percentile } from '@oinr/metrics';
import { mutualInformation, type SpatialTransform, type Target } from '@oinr/registration';
import { determinant3, type Volume } from '@oinr/volume';
import type { PreparedScan } from '../plan.ts';

export interface QualityRequest {
  readonly transform: SpatialTransform;
  /** On the common grid. */
  readonly target: Target;
  /** The scan, on the common grid. */
  readonly seen: Volume;
  /** 1 in the scan's own brain, on the common grid. */
  readonly brain: Uint8Array;
  readonly white: { readonly template: number; readonly scan: number };
}

/** How well a registered scan fits its template, in numbers. */
export function qualityOf({
  transform,
  target,
  seen,
  brain,
  white,
}: QualityRequest): Pick<PreparedScan, 'mutualInformation' | 'dice' | 'volumeRatio' | 'turn'> {
  const inside = (data: Float32Array): Float32Array => data.filter((_, index) => target.mask[index] === 1);
  return {
    mutualInformation: mutualInformation(inside(target.template.data), inside(seen.data), [
      white.template,
      white.scan,
    ]),
    dice: compareDetections(target.mask, brain).dice ?? 0,
    volumeRatio: determinant3(transform.affine),
    turn: turnOf(transform),
  };
}

/** The 99.5th percentile of a volume inside a mask. */
export function whiteOf(data: Float32Array, mask: Uint8Array): number {
  return percentile(data, 99.5, mask);
}

/** The angle in degrees by which an affine turns, its stretch taken out roughly (columns brought to length 1). */
function turnOf({ affine }: SpatialTransform): number {
  const trace = [0, 1, 2].reduce((sum, axis) => {
    const length = Math.hypot(affine[axis], affine[4 + axis], affine[8 + axis]);
    return sum + affine[5 * axis] / length;
  }, 0);
  return (Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2))) * 180) / Math.PI;
}
