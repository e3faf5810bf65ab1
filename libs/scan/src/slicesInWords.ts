import type { SliceFields } from '@oinr/slices';
import { type Grid, voxelSizes } from '@oinr/volume';
import { type Acquired, type AcquisitionOptions, round } from './acquired.ts';

/** The slices of a scan as a person describes them. */
export interface SlicesInWords {
  /** Of the slices in mm, 0 where they are thin samples; their distance where nobody has said so. */
  readonly thickness: number;
  /** `scan.nii.gz: 27 axial slices 6 mm apart, 5 mm thick (from its sidecar), 1 mm of gap between them; 1 x 1 mm in plane.` */
  readonly words: string;
}

/** How the slices of a scan lie, and where each number is known from. `grid` is that of the scan as it was measured. */
export function slicesInWords(
  name: string,
  grid: Grid,
  { axis, axisName, gap, profile: sampled, profileFrom, thickness: estimated }: Acquired,
  fields: SliceFields,
  options: AcquisitionOptions,
): SlicesInWords {
  const isFoundThin = profileFrom === 'estimated' && sampled.kind === 'thin';
  const isThin = options.profile === 'thin' || isFoundThin;
  const known = {
    sidecar: fields.SliceThickness,
    estimated,
    options: options.sliceThickness,
    assumed: undefined,
  };
  const thickness = round(isThin ? 0 : (known[profileFrom] ?? gap));
  const between = gap - thickness;
  const profile = isThin
    ? `thin (${isFoundThin ? 'estimated from the scan itself' : 'as said'})`
    : `${thickness} mm thick (${{ options: 'as said', sidecar: 'from its sidecar', estimated: 'estimated from the scan itself: no sidecar says so', assumed: 'assumed: no sidecar says so' }[profileFrom]}), ${between > 0.01 * gap ? `${round(between)} mm of gap between them` : between < -0.01 * gap ? `overlapping by ${round(-between)} mm` : 'without a gap'}`;
  return {
    thickness,
    words: `${name}: ${grid.shape[axis]} ${axisName} slices ${round(gap)} mm apart, ${profile}; ${inPlane(grid, axis)} mm in plane.`,
  };
}

/** Voxel sizes in plane: `0.9 x 0.9`. */
function inPlane({ affine }: Grid, axis: number): string {
  return voxelSizes(affine)
    .filter((_, n) => n !== axis)
    .map(round)
    .join(' x ');
}
