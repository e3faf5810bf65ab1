import { basename } from 'node:path';
import { phantomBaseFolder } from '@oinr/cohort';
import { readVolume } from '@oinr/nifti';
import { type Target, worldBox } from '@oinr/registration';
import { bidsLabel, RunError } from '@oinr/run';
import { type Grid, resample, sameGrid } from '@oinr/volume';
import { maskOf } from './maskOf.ts';

/** Which template scans are brought to, as plain data. */
export interface TargetFiles {
  /** The value of the BIDS entity `space`. */
  readonly space: string;
  readonly template: string;
  readonly mask?: string;
}

/** TemplateFlow's name of the space of the Colin27 brain. */
const colin27 = 'MNIColin27';

/** The files that the options name; by default the Colin27 brain under the phantom. */
export function targetFiles(template: string | undefined, mask: string | undefined): TargetFiles {
  if (template === undefined)
    return { space: colin27, template: `${phantomBaseFolder}/colin27_brain_1mm.nii.gz`, mask };
  return { space: bidsLabel(basename(template).replace(/\.(nii|hdr|img)(\.gz)?$/i, '')), template, mask };
}

/**
 * Reads the template and its brain mask. Outside the mask the template is set to 0, so that a template with a skull
 * serves as well.
 *
 * @throws RunError that names the file.
 */
export async function readTarget({ template, mask }: TargetFiles): Promise<Target> {
  const volume = await readVolume(template);
  const region = mask === undefined ? volume : await readVolume(mask);
  if (!sameGrid(region.grid, volume.grid))
    throw new RunError(`The mask ${mask} is not on the grid of the template ${template}; give one that is.`);
  const least = mask === undefined ? 0 : 0.5;
  const inside = Uint8Array.from(region.data, (value) => (value > least ? 1 : 0));
  const share = inside.reduce((sum, one) => sum + one, 0) / inside.length;
  if (share === 0 || (mask === undefined && share > 0.8)) {
    throw new RunError(
      `Where the brain is in the template ${template} cannot be told (${Math.round(100 * share)} % of its voxels are ${mask === undefined ? 'above 0' : 'in its mask'}); name a mask with --template-mask FILE.`,
    );
  }
  return {
    template: { grid: volume.grid, data: volume.data.map((value, index) => value * inside[index]) },
    mask: inside,
  };
}

/** Room around the template's image in mm: a brain a little larger than the template's is not cut off. */
const room = 8;

/** Cubic voxels along the world's axes over the template, with voxel centres at multiples of `spacing` from world 0. */
export function commonGrid(template: Grid, spacing: number): Grid {
  const { low, high } = worldBox(template);
  const first = low.map((value) => Math.floor((value - room) / spacing));
  const last = high.map((value) => Math.ceil((value + room) / spacing));
  const count = (axis: 0 | 1 | 2): number => last[axis] - first[axis] + 1;
  const [x, y, z] = first.map((value) => value * spacing);
  return {
    shape: [count(0), count(1), count(2)],
    affine: [spacing, 0, 0, x, 0, spacing, 0, y, 0, 0, spacing, z, 0, 0, 0, 1],
  };
}

/** The target as it looks on the common grid. */
export function onGrid({ template, mask }: Target, grid: Grid): Target {
  const region = resample({ grid: template.grid, data: Float32Array.from(mask) }, grid, 'linear');
  return {
    template: resample(template, grid, 'linear'),
    mask: maskOf(region),
  };
}
