import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareDetections, type VoxelSet } from '@oinr/agreement';
import { readVolume } from '@oinr/nifti';
import { resampleThrough } from '@oinr/registration';
import { RunError } from '@oinr/run';
import type { CellValue } from '@oinr/tables';
import { type Mask, requireSpace } from '@oinr/ttest';
import { type Interpolation, identityAffine } from '@oinr/volume';
import { rateColumns, ratesOf } from './rates.ts';

/** Where groups truly differ and where they truly do not, at the voxels of the mask. */
export interface Truth {
  /** 1 where the noise-free group difference is at least `leastEffect` of the template's intensity range. */
  readonly effect: VoxelSet;
  /** 1 where there is an effect, or surely none; voxels with a small effect belong to neither. */
  readonly decided: VoxelSet;
  /** The noise-free difference itself, in the unit of the images: second minus first of the phantom's groups. */
  readonly difference: Float32Array;
  readonly leastEffect: number;
}

/** A smaller difference than this share of the brightest 0.5 % of the template is called neither effect nor none. */
const leastShare = 0.02;

const truthFile = (root: string, name: string): string =>
  join(root, 'derivatives', 'truth', `desc-${name}.nii.gz`);

/** Whether a cohort comes with the truth. */
export function hasTruth(root: string): boolean {
  return ['effect_T1w', 'null_mask', 'template_T1w'].every((name) => existsSync(truthFile(root, name)));
}

/**
 * The template in whose space the truth of a cohort lies, by the BIDS label of the space; undefined where it lies on the
 * grid of the cohort's images.
 *
 * @throws RunError where the file that says so is damaged.
 */
export function truthSpace(root: string): string | undefined {
  const sidecar = truthFile(root, 'effect_T1w').replace('.nii.gz', '.json');
  if (!existsSync(sidecar)) return undefined;
  try {
    return String(JSON.parse(readFileSync(sidecar, 'utf8')).SpatialReference);
  } catch (error) {
    throw new RunError(
      `${sidecar} is damaged, so the space of the truth is not known. Remove the folder of this data set; it is made anew.`,
      { cause: error },
    );
  }
}

/**
 * Why the truth of a cohort is not compared with, in a sentence; undefined where it is, or where there is none. `space`: of
 * the volumes; runs of earlier versions call MNIColin27 Colin27.
 */
export function unusableTruth(root: string, space: string | undefined): string | undefined {
  if (!hasTruth(root)) return undefined;
  const own = truthSpace(root);
  if (own === (space === 'Colin27' ? 'MNIColin27' : space)) return undefined;
  const [lies, volumes, how] =
    own === undefined
      ? ['on its own grid', `were registered to ${space}`, 'without --register always']
      : space === undefined
        ? [`in the space of ${own}`, 'were used as is', 'with --register always']
        : [`in the space of ${own}`, `were registered to ${space}`, 'without --template'];
  return `The truth of this cohort lies ${lies} and the volumes ${volumes}, so nothing was compared with the truth; ${how} it is.`;
}

/**
 * Reads the truth that a cohort has beside itself (derivatives/truth) at the voxels of a mask; undefined where there is
 * none. A truth in the space of a template is taken to the grid of the mask, which lies in the same space: the effect and
 * the template by linear interpolation, smoothed before where that grid is coarser, the voxels without effect as the
 * nearest says.
 */
export async function readTruth(root: string, mask: Mask): Promise<Truth | undefined> {
  if (!hasTruth(root)) return undefined;
  const isOfTemplate = truthSpace(root) !== undefined;
  const read = async (name: string, interpolation: Interpolation = 'linear'): Promise<Float32Array> => {
    const file = truthFile(root, name);
    const stored = await readVolume(file);
    if (!isOfTemplate) requireSpace(stored.grid, `The truth ${file}`, mask);
    const { data } = isOfTemplate
      ? resampleThrough(stored, { affine: identityAffine }, mask.grid, interpolation)
      : stored;
    return Float32Array.from(mask.indices, (voxel) => data[voxel]);
  };
  const template = (await read('template_T1w')).toSorted();
  const white = template[Math.floor(0.995 * (template.length - 1))];
  const effect = await read('effect_T1w');
  const none = await read('null_mask', 'nearest');
  const hasEffect = Uint8Array.from(effect, (value) => (Math.abs(value) >= leastShare * white ? 1 : 0));
  return {
    effect: hasEffect,
    decided: Uint8Array.from(none, (value, voxel) => (value > 0.5 || hasEffect[voxel] === 1 ? 1 : 0)),
    difference: effect,
    leastEffect: leastShare,
  };
}

export const truthColumns = [
  'method',
  'missing_percent',
  'k',
  'criterion',
  'least_effect',
  'truth_voxels',
  'silent_voxels',
  'detected_voxels',
  'both_voxels',
  ...rateColumns,
] as const;

/** One row of tables/truth.tsv. */
export function truthRecord(
  about: Readonly<Record<string, CellValue>>,
  detected: VoxelSet,
  truth: Truth,
): Record<string, CellValue> {
  const found = compareDetections(truth.effect, detected, truth.decided);
  return {
    ...about,
    least_effect: truth.leastEffect,
    truth_voxels: found.reference,
    silent_voxels: found.tested - found.reference,
    detected_voxels: found.candidate,
    both_voxels: found.both,
    ...ratesOf(found),
  };
}
