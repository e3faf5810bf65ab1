import { z } from 'zod';

// YAML reads `1` as a number; labels of groups and participants are text all the same.
export const text = z.union([z.string().min(1), z.number()]).transform(String);
export const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

// JavaScript puts keys that are whole numbers first and sorts them, which could swap the groups.
const groupName = z.string().regex(/^[A-Za-z]/, 'the name of a group must begin with a letter');

export const labels = z
  .record(groupName, texts)
  .describe('Names of the groups, first minus second, each with the values of the table that belong to it.');

export const ignore = z
  .array(text)
  .default([])
  .describe(
    'Values of the group column that are left out on purpose; any other value is reported as a problem.',
  );

/** The fields of every description. */
export const common = {
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

/** Groups by a column of a table. */
export const groups = z.strictObject({
  column: texts.describe('Column with the group; of several names the first that the table has is taken.'),
  labels: labels
    .optional()
    .describe('Without labels the values are the groups, in alphabetical order, first minus second.'),
  ignore,
});
