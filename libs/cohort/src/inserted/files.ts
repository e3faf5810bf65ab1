import { join } from 'node:path';
import type { SpaceName } from '@oinr/nifti';

/** What the coordinates of the template mean. */
export const templateSpace: SpaceName = 'mni';

/** Where a person's masks lie, as a mask pattern of a description. */
export const insertedMask = 'derivatives/masks/sub-{subject}/anat/sub-{subject}_desc-brain_mask.nii.gz';

/** Absolute paths of all that is written of one person. */
export interface PersonFiles {
  readonly image: string;
  /** Only where the base has masks. */
  readonly mask: string;
  /** With minus without the loss on the image's own grid; only of those who have it. */
  readonly effect: string;
  /** The same, and the scan without the loss, in the template's space. */
  readonly carriedEffect: string;
  readonly carriedIntact: string;
  /** What tables are made from, and that the person is done; written last. */
  readonly record: string;
}

export function personFiles(root: string, id: string): PersonFiles {
  const name = `sub-${id}`;
  const truth = join(root, 'derivatives', 'truth');
  return {
    image: join(root, name, 'anat', `${name}_T1w.nii.gz`),
    mask: join(root, 'derivatives', 'masks', name, 'anat', `${name}_desc-brain_mask.nii.gz`),
    effect: join(truth, name, 'anat', `${name}_desc-effect_T1w.nii.gz`),
    carriedEffect: join(truth, name, 'anat', `${name}_space-MNIColin27_res-2mm_desc-effect_T1w.nii.gz`),
    carriedIntact: join(truth, name, 'anat', `${name}_space-MNIColin27_res-2mm_desc-intact_T1w.nii.gz`),
    record: join(truth, `${name}.json`),
  };
}
