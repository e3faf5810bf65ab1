import { z } from 'zod';

// YAML reads `1` as a number; labels of groups and participants are text all the same.
const text = z.union([z.string().min(1), z.number()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

// JavaScript puts keys that are whole numbers first and sorts them, which could swap the groups.
const groupName = z.string().regex(/^[A-Za-z]/, 'the name of a group must begin with a letter');

const labels = z
  .record(groupName, texts)
  .describe('Names of the groups, first minus second, each with the values of the table that belong to it.');

const ignore = z
  .array(text)
  .default([])
  .describe(
    'Values of the group column that are left out on purpose; any other value is reported as a problem.',
  );

const common = {
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
      'must begin with a letter or digit and hold only letters, digits, - and _',
    )
    .describe('Short name, used for the folder of reports.'),
  description: z.string().min(1).describe('What this cohort is, for the report.'),
  root: z.string().min(1).optional().describe('Folder of the data, relative to this file.'),
  root_variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
    .optional()
    .describe('Environment variable that names the folder of the data. The option --root goes before it.'),
  how_to_get: z
    .string()
    .min(1)
    .optional()
    .describe('A few lines that are shown when the data are not there: where to get them, what to set.'),
  mask: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Brain mask of each image, relative to the root; {subject}, {session}, {folder} (of the image) and {stem} (its name without .nii) are filled in, * stands for any characters. Without it the whole volume counts, or what the stage's own option says.",
    ),
  exclude: z
    .array(z.strictObject({ subject: text, reason: z.string().min(1) }))
    .default([])
    .describe('Subjects that are not used, each with its reason.'),
};

const groups = z.strictObject({
  column: texts.describe('Column with the group; of several names the first that the table has is taken.'),
  labels: labels
    .optional()
    .describe('Without labels the values are the groups, in alphabetical order, first minus second.'),
  ignore,
});

const adni = z.strictObject({
  layout: z.literal('adni'),
  ...common,
  groups: z.strictObject({ labels, ignore }),
  diagnosis: z
    .enum(['collection', 'baseline', 'visit'])
    .default('collection')
    .describe(
      'Whose diagnosis decides the group: `collection` the Group of the image collection (as at enrolment), `baseline` DX_bl of ADNIMERGE, `visit` DX of ADNIMERGE at the visit of the image.',
    ),
  choose: z
    .strictObject({
      visit: text
        .default('baseline')
        .describe(
          '`baseline` (screening or baseline), `first` (the earliest there is), or a visit such as m12.',
        ),
      descriptions: z
        .array(z.string().min(1))
        .min(1)
        .default(['*'])
        .describe('Processing descriptions that may be used, best first; * stands for any characters.'),
    })
    .prefault({}),
});

const bids = z.strictObject({
  layout: z.literal('bids'),
  ...common,
  groups: z
    .union([
      groups.extend({
        from: z
          .enum(['participants', 'sessions'])
          .default('participants')
          .describe('`sessions` takes the group of the scanned session from sub-X_sessions.tsv (clinica).'),
        required: z
          .boolean()
          .default(true)
          .describe('false: a data set without such a column is one group, `all`.'),
      }),
      z.literal('none'),
    ])
    .default('none')
    .describe('`none` puts everyone into one group, `all`.'),
  image: texts
    .prefault(['anat/*_T1w.nii.gz', 'anat/*_T1w.nii', 'ses-*/anat/*_T1w.nii.gz', 'ses-*/anat/*_T1w.nii'])
    .describe("Images inside a subject's folder; * stands for any characters but /."),
  choose: z
    .strictObject({
      session: text
        .default('first')
        .describe('`first` by name, `refuse` where there are several, or the label of a session.'),
      scan: z
        .enum(['first', 'refuse'])
        .default('first')
        .describe(
          'Of several images of that session: the first by run number and name, or none and a report.',
        ),
    })
    .prefault({}),
});

const table = z.strictObject({
  layout: z.literal('table'),
  ...common,
  table: z
    .string()
    .min(1)
    .default('participants.tsv')
    .describe('TSV or CSV file, relative to the root. --root may also name the table itself.'),
  id_column: z.string().min(1).default('participant_id'),
  image_column: z
    .string()
    .min(1)
    .default('image')
    .describe('Paths of images, absolute or relative to the table.'),
  mask_column: z.string().min(1).optional().describe('Paths of masks, absolute or relative to the table.'),
  groups: z.union([groups, z.literal('none')]).default('none'),
});

const phantom = z.strictObject({
  layout: z.literal('phantom'),
  ...common,
  phantom: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Options of the phantom: see cohorts/phantom.yaml.'),
});

/** The schema of a cohort description; unknown keys are refused everywhere. */
export const descriptionSchema = z.discriminatedUnion('layout', [adni, bids, table, phantom]);

export type AdniDescription = z.output<typeof adni>;
export type BidsDescription = z.output<typeof bids>;
export type TableDescription = z.output<typeof table>;
export type PhantomDescription = z.output<typeof phantom>;

/** A checked description, with the file it was read from. */
export type CohortDescription = z.output<typeof descriptionSchema> & { readonly file: string };

/** The same schema in the JSON Schema language, for editors: it is kept in cohorts/cohort.schema.json. */
export function cohortJsonSchema(): object {
  return {
    ...z.toJSONSchema(descriptionSchema, { io: 'input' }),
    title: 'Description of a cohort',
  };
}
