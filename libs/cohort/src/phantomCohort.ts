import { CohortError } from './errors.ts';
import type { OpenOptions } from './openCohort.ts';
import { materialisePhantom, phantomOptions } from './phantom/index.ts';
import type { BidsDescription, PhantomDescription } from './schema.ts';

/** Where the phantom keeps its brain masks, as a mask pattern of a description. */
const phantomMask = 'derivatives/masks/sub-{subject}/anat/sub-{subject}_desc-brain_mask.nii.gz';

/**
 * Makes the phantom of a description (or finds it made) below --root or the work folder, and describes the
 * result as the BIDS data set that it is, so that the loader of real data reads it. Throws CohortError for
 * options out of range or when no folder was named.
 */
export async function openPhantom(
  description: PhantomDescription & { readonly file: string },
  options: OpenOptions,
): Promise<{ root: string; description: BidsDescription & { readonly file: string } }> {
  const folder = options.root ?? options.workFolder;
  if (folder === undefined) {
    throw new CohortError(
      `The cohort '${description.name}' is made, not read, and no folder was named to write it to. Name one with --root DIR.`,
    );
  }
  let chosen: ReturnType<typeof phantomOptions>;
  try {
    chosen = phantomOptions({ ...description.phantom, ...options.phantom });
  } catch (error) {
    throw new CohortError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const root = await materialisePhantom(
    chosen,
    folder,
    options.onProgress === undefined ? {} : { onProgress: options.onProgress },
  );
  return {
    root,
    description: {
      layout: 'bids',
      name: description.name,
      description: description.description,
      mask: description.mask ?? phantomMask,
      exclude: description.exclude,
      groups: {
        column: ['group'],
        from: 'participants',
        required: true,
        labels: Object.fromEntries(chosen.groups.map((group) => [group, [group]])),
        ignore: [],
      },
      image: ['anat/*_T1w.nii.gz'],
      choose: { session: 'first', scan: 'refuse' },
      file: description.file,
    },
  };
}
