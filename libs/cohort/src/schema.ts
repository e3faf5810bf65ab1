import { z } from 'zod';
import { common, ignore, labels } from './fields.ts';
import type { Layout, MadeLayout } from './layout.ts';
import { layouts } from './layouts/registry.ts';

const schemaOf = (layout: Layout | MadeLayout) =>
  z.strictObject({ layout: z.literal(layout.name), ...common, ...layout.fields?.(z) });

const [first, ...others] = layouts;

/** The schema of a cohort description; unknown keys are refused everywhere. */
export const descriptionSchema = z.discriminatedUnion('layout', [
  schemaOf(first),
  ...others.map((layout) => schemaOf(layout)),
]);

/** A file with a layout of one's own, as opposed to the name of one that comes with the package. */
export const layoutFileForm = /\.m?[jt]s$/;

/** The fields of every description with a layout of one's own, before those that the layout adds. */
export const ownCommon = {
  layout: z
    .string()
    .regex(layoutFileForm)
    .describe('JavaScript or TypeScript file, relative to this one, that exports a layout of your own.'),
  ...common,
  groups: z
    .strictObject({
      labels: labels
        .optional()
        .describe('Without labels the values are the groups, in alphabetical order, first minus second.'),
      ignore,
    })
    .optional(),
};

/** The same schema in the JSON Schema language, for editors: it is kept in cohorts/cohort.schema.json. */
export function cohortJsonSchema(): object {
  const { oneOf, ...rest } = z.toJSONSchema(descriptionSchema, { io: 'input' });
  const { $schema: _, ...own } = z.toJSONSchema(z.looseObject(ownCommon), { io: 'input' });
  return { ...rest, oneOf: [...(oneOf ?? []), own], title: 'Description of a cohort' };
}
