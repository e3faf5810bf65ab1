import { readFile } from 'node:fs/promises';
import { RunError } from '@oinr/run';
import { type FinerGrid, finerGrid, isThick, lowResolutionAxis, type SliceProfile } from '@oinr/slices';
import {
  type AnatomicalAxis,
  type ArrayAxis,
  anatomicalAxis,
  arrayAxis,
  type Grid,
  voxelSizes,
} from '@oinr/volume';
import type { ScansConfig } from './config.ts';

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
  readonly profileFrom: 'options' | 'sidecar' | 'assumed';
  readonly remarks: readonly string[];
}

/** Fields of a BIDS sidecar that say how slices lie, in mm. */
export interface SliceFields {
  readonly SliceThickness?: number;
  readonly SpacingBetweenSlices?: number;
}

/**
 * What the grid of a scan, its sidecar and the options together say.
 *
 * @throws InputError with a sentence where there is no axis with few slices or the spacing puts none between them.
 */
export function describeAcquisition(
  grid: Grid,
  fields: SliceFields,
  options: Partial<Pick<ScansConfig, 'axis' | 'spacing' | 'profile' | 'sliceThickness'>>,
): Acquired {
  const axis = options.axis === undefined ? lowResolutionAxis(grid) : arrayAxis(grid, options.axis);
  const sizes = voxelSizes(grid.affine);
  const gap = sizes[axis];
  const inPlane = Math.max(...sizes.filter((_, n) => n !== axis));
  const wanted = options.spacing ?? inPlane;
  const finer = finerGrid(grid, axis, wanted);
  const remarks: string[] = [];
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
  const kind = options.profile ?? 'box';
  const thickness = options.sliceThickness ?? fields.SliceThickness ?? gap;
  const isStated = options.profile !== undefined || options.sliceThickness !== undefined;
  const profileFrom = isStated ? 'options' : fields.SliceThickness === undefined ? 'assumed' : 'sidecar';
  if (profileFrom === 'assumed')
    remarks.push(
      'Neither options nor a sidecar say how thick slices are: they were taken to average over a box as wide as ' +
        'they are apart; --profile thin if they are thin samples.',
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

/**
 * SliceThickness and SpacingBetweenSlices of the JSON file beside an image; nothing where there is no such file.
 *
 * @throws RunError where the file is no JSON object, or one of the two is no positive number.
 */
export async function readSliceFields(image: string): Promise<SliceFields> {
  const file = image.replace(/\.nii(\.gz)?$/i, '.json');
  if (file === image) return {};
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new RunError(`${file} cannot be read (${error.code}).`);
  });
  if (text === undefined) return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RunError(`${file} is not JSON; correct the sidecar, or take it away.`);
  }
  if (typeof json !== 'object' || json === null)
    throw new RunError(`${file} holds no JSON object; correct the sidecar, or take it away.`);
  const numberOf = (name: keyof SliceFields): SliceFields => {
    const value = (json as Record<string, unknown>)[name];
    if (value === undefined || value === null) return {};
    if (typeof value !== 'number' || !(value > 0))
      throw new RunError(
        `${file}: ${name} is ${JSON.stringify(value)}; a positive number (mm) was expected.`,
      );
    return { [name]: value };
  };
  return { ...numberOf('SliceThickness'), ...numberOf('SpacingBetweenSlices') };
}

/** Four significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
