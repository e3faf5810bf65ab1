import { dirname, resolve } from 'node:path';
import type { Finding } from '../candidate.ts';
import { CohortError } from '../errors.ts';
import { text } from '../fields.ts';
import { materialiseInserted } from '../inserted/dataset.ts';
import { insertedMask } from '../inserted/files.ts';
import { type InsertedOptions, insertedGroups, lossInWords } from '../inserted/options.ts';
import type {
  CohortDescription,
  Described,
  FieldsOf,
  MadeData,
  MadeLayout,
  OtherCohorts,
  Zod,
} from '../layout.ts';
import type { OpenOptions } from '../openOptions.ts';
import { changingRegions } from '../phantom/regions.ts';
import type { Cohort } from '../subject.ts';
import { type BidsDescription, bidsLayout } from './bids.ts';

const regionNames = changingRegions.map(({ name }) => name);

const fields = (z: Zod) => ({
  base: text.describe(
    'The real scans: a description of a cohort, as a file relative to this one (bids.yaml) or the name of one beside it (bids).',
  ),
  effect_scale: z
    .number()
    .min(0)
    .max(1.2)
    .optional()
    .describe(
      '1: all regions lose what they lose in the phantom, 0: none does. Default: 1, with loss_percent 0.',
    ),
  loss_percent: z
    .partialRecord(z.enum(regionNames), z.number().min(-60).max(40))
    .default({})
    .describe(
      `By region, the percentage of its volume that is lost (below 0: gained): ${regionNames.join(', ')}.`,
    ),
  seed: z.int().default(1).describe('Draws the halves, and the small motion of every scan.'),
  balanced: z.boolean().default(true).describe('Draw the halves within each group of the base.'),
  nonlinear: z
    .boolean()
    .default(false)
    .describe(
      'Refine the registration of every scan by a B-spline, nearer to where regions are in each brain.',
    ),
});

type Fields = FieldsOf<typeof fields>;
type InsertedDescription = Described<Fields>;

/**
 * Inserts a loss into half of the scans of another cohort (or finds it inserted) below the work folder, and describes the
 * result as the BIDS data set that it is. The data of the base are where its own description says, or this one, or --root.
 *
 * Throws CohortError where the base cannot be described or no folder to write to was named, CohortUnavailable where its
 * data are not there.
 */
async function make(
  description: InsertedDescription,
  options: OpenOptions,
  cohorts: OtherCohorts,
): Promise<MadeData> {
  const { name, file, seed, loss_percent: lossPercent } = description;
  if (options.workFolder === undefined)
    throw new CohortError(
      `The cohort '${name}' is made of real scans, and no folder was named to write it to. Name one with --out DIR.`,
    );
  const chosen: InsertedOptions = {
    effectScale: description.effect_scale ?? (Object.keys(lossPercent).length === 0 ? 1 : 0),
    lossPercent,
    seed,
    isBalanced: description.balanced,
    isNonlinear: description.nonlinear,
  };
  const base = await openBase(description, options, cohorts);
  if (base.subjects.length < 2)
    throw new CohortError(
      `${file} needs a base with at least two scans, one for each half, but '${base.name}' has ${base.subjects.length}.`,
    );
  const { root, hasMasks, failures, counts } = await materialiseInserted({
    base,
    options: chosen,
    folder: options.workFolder,
    onProgress: options.onProgress,
  });
  const lost = failures.map(
    ({ id, reason }): Finding => ({
      what: `sub-${id}`,
      participant: `sub-${id}`,
      reason: `is not used: ${reason}`,
      isProblem: true,
    }),
  );
  const made: BidsDescription = {
    layout: bidsLayout.name,
    name,
    description: description.description,
    mask: hasMasks ? insertedMask : undefined,
    exclude: [],
    groups: {
      column: ['group'],
      from: 'participants',
      required: true,
      labels: Object.fromEntries(insertedGroups.map((group) => [group, [group]])),
      ignore: [],
    },
    image: ['anat/*_T1w.nii.gz'],
    choose: { session: 'first', scan: 'refuse' },
    file,
  };
  return {
    root,
    layout: bidsLayout,
    description: made,
    findings: [...base.excluded.map((one) => withoutFolder(one, base)), ...lost],
    notes: [
      ...base.notes,
      `The scans are real ones (${base.description.replace(/[.\s]+$/, '')}). Half of the people, drawn at random${chosen.isBalanced && base.groups.length > 1 ? ` within ${base.groups.join(' and ')}` : ''}, were given a known loss by a smooth deformation carried into each scan through its registration (${lossInWords(chosen)}; ${counts.loss} with it, ${counts.intact} without). Every scan, with and without the loss, was resampled once by the same interpolation and a small rigid motion.`,
    ],
  };
}

async function openBase(
  { name, file, base: asked, root, root_variable, how_to_get, mask, exclude }: InsertedDescription,
  options: OpenOptions,
  cohorts: OtherCohorts,
): Promise<Awaited<ReturnType<OtherCohorts['open']>>> {
  const folder = dirname(file);
  const described = await cohorts.describe(asked, folder);
  if (described.layout === 'inserted')
    throw new CohortError(
      `${file}: the base ${asked} is itself a cohort with an inserted loss. Name the description of the scans themselves.`,
    );
  // What this description says goes before what that of the base says.
  const said: CohortDescription = {
    ...described,
    name,
    ...(root !== undefined && { root: resolve(folder, root) }),
    ...(root_variable !== undefined && { root_variable }),
    ...(how_to_get !== undefined && { how_to_get }),
    ...(mask !== undefined && { mask }),
    exclude: [...described.exclude, ...exclude],
  };
  const opened = await cohorts.open(said, {
    ...options,
    participantLabels: undefined,
    onProgress: undefined,
  });
  return { ...opened, name: described.name };
}

/** A finding of the base, whose folder is not that of what was made: where on the machine it lies is told to nobody. */
function withoutFolder(finding: Finding, { root }: Cohort): Finding {
  return { ...finding, reason: finding.reason.replaceAll(root, "the base's folder") };
}

export const insertedLayout: MadeLayout<Fields> = { name: 'inserted', fields, make };
