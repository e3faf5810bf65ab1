import { InputError } from '@oinr/errors';
import {
  estimateSliceWidth,
  type FinerGrid,
  finerGrid,
  isThick,
  lowResolutionAxis,
  type SliceFields,
  type SliceProfile,
} from '@oinr/slices';
import {
  type AnatomicalAxis,
  type ArrayAxis,
  anatomicalAxis,
  arrayAxis,
  type Grid,
  type Volume,
  voxelSizes,
} from '@oinr/volume';

/** How a real scan was acquired, what it is brought to, and where each of that is known from. */
export interface Acquired {
  readonly axis: ArrayAxis;
  readonly axisName: AnatomicalAxis;
  /** Distance of slices in mm, from the header's affine. */
  readonly gap: number;
  readonly finer: FinerGrid;
  readonly profile: SliceProfile;
  /** In mm; undefined for thin slices. */
  readonly thickness?: number;
  readonly profileFrom: 'options' | 'sidecar' | 'estimated' | 'assumed';
  readonly remarks: readonly string[];
}

/** What somebody may say of an acquisition; what is left out is found out or assumed. */
export interface AcquisitionOptions {
  /** The axis with few slices. Default: the stored axis whose voxels are clearly the largest. */
  readonly axis?: AnatomicalAxis;
  /** Wanted distance of slices in mm. Default: the voxel size in plane. */
  readonly spacing?: number;
  /** Default: what the scan itself tells, else box. */
  readonly profile?: SliceProfile['kind'];
  /** In mm. Default: what the sidecar says, else what the scan itself tells, else the distance of slices. */
  readonly sliceThickness?: number;
}

/**
 * What the grid of a scan, its sidecar and the options together say. A thickness of the sidecar counts only where it fits
 * the distance of the slices and is said of their axis. Where nobody says it and the `volume` is given, the scan itself is asked
 * (`estimateSliceWidth`).
 *
 * @throws InputError with a sentence where there is no axis with few slices, the spacing puts none between them, or
 * slices were said to be thicker than the whole scan.
 */
export function describeAcquisition(
  grid: Grid,
  fields: SliceFields,
  options: AcquisitionOptions,
  volume?: Volume,
): Acquired {
  const axis = options.axis === undefined ? lowResolutionAxis(grid) : arrayAxis(grid, options.axis);
  const sizes = voxelSizes(grid.affine);
  const gap = sizes[axis];
  const inPlane = Math.max(...sizes.filter((_, n) => n !== axis));
  const wanted = options.spacing ?? inPlane;
  const remarks: string[] = [];
  const doubt = thicknessDoubt(grid, axis, fields, options.axis !== undefined);
  const believed = doubt === undefined ? fields.SliceThickness : undefined;
  const isStated = options.profile !== undefined || options.sliceThickness !== undefined;
  const isAsked = !isStated && believed === undefined && volume !== undefined;
  const estimate = isAsked ? estimateSliceWidth(volume, axis) : undefined;
  const found = estimate?.kind === 'unknown' ? undefined : estimate;
  const kind = options.profile ?? found?.kind ?? 'box';
  const estimated =
    found === undefined || found.kind === 'thin' ? undefined : Number(found.thickness.toPrecision(2));
  const thickness = options.sliceThickness ?? believed ?? estimated ?? gap;
  const extent = gap * grid.shape[axis];
  if (options.sliceThickness !== undefined && options.sliceThickness > extent)
    throw new InputError(
      `--slice-thickness ${round(options.sliceThickness)} mm is more than the whole scan, which has ${grid.shape[axis]} slices ${round(gap)} mm apart; give the thickness of one slice.`,
    );
  const finer = finerGrid(grid, axis, wanted, kind === 'thin' ? 0 : thickness);
  if (Math.abs(finer.spacing - wanted) > 1e-3 * wanted)
    remarks.push(
      `${round(wanted)} mm does not divide the slice distance of ${round(gap)} mm; the nearest spacing that does, ` +
        `${round(finer.spacing)} mm, was taken.`,
    );
  const stated = fields.SpacingBetweenSlices;
  if (stated !== undefined && Math.abs(stated - gap) > 0.05 * gap)
    remarks.push(
      `The sidecar's SpacingBetweenSlices is ${round(stated)} mm, but the image's slices are ${round(gap)} mm apart; ` +
        'the image was followed.',
    );
  const unsaid = found === undefined ? 'assumed' : 'estimated';
  const profileFrom = isStated ? 'options' : believed === undefined ? unsaid : 'sidecar';
  // Where the thickness was not asked of the sidecar, nothing hangs on it.
  if (doubt !== undefined && options.sliceThickness === undefined && kind !== 'thin')
    remarks.push(`${doubt}, so the thickness was taken as unknown.`);
  const nobodySays =
    doubt === undefined ? 'Neither options nor a sidecar say how thick slices are: they' : 'Slices';
  if (profileFrom === 'assumed')
    remarks.push(
      `${nobodySays} were taken to average over a box as wide as they are apart (${round(gap)} mm); --profile thin if they ` +
        'are thin samples, --slice-thickness MM if you know better.' +
        (estimate?.kind === 'unknown' ? ` The scan itself does not tell: ${estimate.why}.` : ''),
    );
  if (found !== undefined)
    remarks.push(
      `${nobodySays} were taken ${found.kind === 'thin' ? 'for thin samples' : `to average over a ${found.kind === 'box' ? 'box' : 'Gaussian'} of about ${thickness} mm`}, ` +
        'estimated from the scan itself by how much neighbouring slices differ beside lines within them; --slice-thickness MM or ' +
        '--profile NAME if you know better.',
    );
  const profile: SliceProfile = kind === 'thin' ? { kind } : { kind, thickness: thickness / finer.spacing };
  const isSample = !isThick(profile);
  if (isSample && kind !== 'thin')
    remarks.push(
      `Slices of ${round(thickness)} mm average over no more than the new spacing: they are kept as they are.`,
    );
  return {
    axis,
    axisName: anatomicalAxis(grid, axis),
    gap,
    finer,
    profile: isSample ? { kind: 'thin' } : profile,
    ...(isSample ? {} : { thickness }),
    profileFrom,
    remarks,
  };
}

/** No MR slice is thinner, in mm; smaller numbers are in other units. */
const thinnest = 0.2;
/** Slices that overlap by more than half are not acquired: a thickness beyond this many distances is no thickness. */
const mostDistances = 2;

/**
 * Why the sidecar's SliceThickness cannot be that of the slices along `axis`, as the beginning of a sentence; undefined
 * where it can, or where none is stated. Sidecars outlive their images: after resampling, or for another axis than the
 * one that slices were acquired along, their numbers are those of another grid.
 */
function thicknessDoubt(
  grid: Grid,
  axis: ArrayAxis,
  {
    SliceThickness: thickness,
    SpacingBetweenSlices: distance,
    SliceEncodingDirection: direction,
  }: SliceFields,
  isAxisNamed: boolean,
): string | undefined {
  if (thickness === undefined) return undefined;
  const sizes = voxelSizes(grid.affine);
  const gap = sizes[axis];
  const said = `The sidecar's SliceThickness is ${round(thickness)} mm`;
  if (!(thickness >= thinnest && thickness <= mostDistances * gap))
    return `${said}, which does not fit slices that are ${round(gap)} mm apart`;
  const others = ([0, 1, 2] as const).filter((other) => other !== axis);
  const along = (other: ArrayAxis): string =>
    `${said}, but that is said of ${anatomicalAxis(grid, other)} slices (${round(sizes[other])} mm apart), not of the ${anatomicalAxis(grid, axis)} ones (${round(gap)} mm apart)`;
  const encoded = (['i', 'j', 'k'] as const).indexOf(direction?.[0] as 'i' | 'j' | 'k');
  if (encoded >= 0) return encoded === axis ? undefined : along(encoded as ArrayAxis);
  // An axis that is named against the voxels is not the one that slices were acquired along.
  const thickest = others.find((other) => sizes[other] > 1.01 * gap);
  if (isAxisNamed && thickest !== undefined) return along(thickest);
  const fits = (value: number, size: number, share: number): boolean =>
    Math.abs(value - size) <= share * size;
  if (distance !== undefined && fits(distance, gap, 0.05)) return undefined;
  const spaced = others.find((other) => distance !== undefined && fits(distance, sizes[other], 0.05));
  if (spaced !== undefined) return along(spaced);
  const asThick = others.find((other) => fits(thickness, sizes[other], 0.02));
  return distance === undefined && asThick !== undefined && !fits(thickness, gap, 0.1)
    ? along(asThick)
    : undefined;
}

/** Four significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** `31 axial slices 5 mm apart (box of 5 mm) brought to 1 mm, 151 slices`. */
export function acquisitionInWords({ axis, axisName, gap, finer, profile, thickness }: Acquired): string {
  const slices = profile.kind === 'thin' ? 'thin' : `${profile.kind} of ${round(thickness ?? gap)} mm`;
  return (
    `${finer.kept.length} ${axisName} slices ${round(gap)} mm apart (${slices}) brought to ` +
    `${round(finer.spacing)} mm, ${finer.grid.shape[axis]} slices`
  );
}
