import { errorMessage } from '@oinr/errors';
import { CohortError } from '../errors.ts';
import type { Described, FieldsOf, MadeData, MadeLayout, Zod } from '../layout.ts';
import type { OpenOptions } from '../openOptions.ts';
import { materialisePhantom, phantomOptions } from '../phantom/index.ts';
import { type BidsDescription, bidsLayout } from './bids.ts';

const fields = (z: Zod) => ({
  phantom: z
    .record(z.string(), z.unknown())
    .default({})
    .superRefine((given, context) => {
      try {
        phantomOptions(given);
      } catch (error) {
        context.addIssue({ code: 'custom', message: errorMessage(error).replace(/\.$/, '') });
      }
    })
    .describe('Options of the phantom: see cohorts/phantom.yaml.'),
});

type Fields = FieldsOf<typeof fields>;

/** Where the phantom keeps its brain masks, as a mask pattern of a description. */
const phantomMask = 'derivatives/masks/sub-{subject}/anat/sub-{subject}_desc-brain_mask.nii.gz';

/**
 * Makes the phantom of a description (or finds it made) below --root or the work folder, and describes the
 * result as the BIDS data set that it is, so that the loader of real data reads it. Throws CohortError for
 * options out of range or when no folder was named.
 */
async function make(description: Described<Fields>, options: OpenOptions): Promise<MadeData> {
  const folder = options.root ?? options.workFolder;
  if (folder === undefined) {
    throw new CohortError(
      `The cohort '${description.name}' is made, not read, and no folder was named to write it to. Name one with --root DIR.`,
    );
  }
  const chosen = phantomOptions({ ...description.phantom, ...options.phantom });
  const root = await materialisePhantom(
    chosen,
    folder,
    options.onProgress === undefined ? {} : { onProgress: options.onProgress },
  );
  const made: BidsDescription = {
    layout: bidsLayout.name,
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
  };
  return { root, layout: bidsLayout, description: made };
}

export const phantomLayout: MadeLayout<Fields> = { name: 'phantom', fields, make };
