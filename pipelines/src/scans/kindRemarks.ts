import { basename } from 'node:path';
import { otherKind } from '@oinr/slices';
import type { Volume } from '@oinr/volume';

/** A remark on an image of a study that cannot be a T1-weighted scan; none where nothing speaks against it. */
export function kindRemarks(path: string, volume: Volume): string[] {
  const kind = otherKind(volume, basename(path).replace(/\.nii(\.gz)?$/i, ''), {});
  return kind === undefined
    ? []
    : [`The image ${kind}; it was taken all the same, so leave it out (exclude) if it is no scan.`];
}
