import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareDetections, type VoxelSet } from '@oinr/agreement';
import { readVolume } from '@oinr/nifti';
import type { CellValue } from '@oinr/tables';
import { type Mask, requireSpace } from '@oinr/ttest';
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

/** Reads the truth that the phantom writes beside itself (derivatives/truth); undefined for other cohorts. */
export async function readTruth(root: string, mask: Mask): Promise<Truth | undefined> {
  if (!hasTruth(root)) return undefined;
  const read = async (name: string): Promise<Float32Array> => {
    const file = truthFile(root, name);
    const volume = await readVolume(file);
    requireSpace(volume.grid, `The truth ${file}`, mask);
    return Float32Array.from(mask.indices, (voxel) => volume.data[voxel]);
  };
  const template = (await read('template_T1w')).toSorted();
  const white = template[Math.floor(0.995 * (template.length - 1))];
  const effect = await read('effect_T1w');
  const none = await read('null_mask');
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
