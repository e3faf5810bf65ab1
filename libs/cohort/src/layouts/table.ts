import { dirname, join, resolve } from 'node:path';
import { firstOf, isMissing, readTable, type Table } from '@oinr/tables';
import type { Candidate, Finding, LayoutResult } from '../candidate.ts';
import { CohortError } from '../errors.ts';
import { groups } from '../fields.ts';
import { isFile } from '../folders.ts';
import type { Described, FieldsOf, Layout, Zod } from '../layout.ts';

const fields = (z: Zod) => ({
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

type Fields = FieldsOf<typeof fields>;

/** The first of several column names that a table has. Throws CohortError where it has none of them. */
export function requireColumn(table: Table, names: readonly string[], file: string, what: string): string {
  const found = names.find((name) => table.columns.includes(name));
  if (found === undefined) {
    throw new CohortError(
      `${file} has no column ${names.map((name) => `'${name}'`).join(' or ')} for ${what}; it has ${firstOf(table.columns)}. Name the column in the description of the cohort.`,
    );
  }
  return found;
}

/** Cells of a row but for some columns. */
export function otherColumns(
  row: Readonly<Record<string, string>>,
  without: readonly (string | undefined)[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(row).filter(([column]) => !without.includes(column)));
}

/**
 * A plain table with one row per participant: id, image path and, where described, group and mask path. Paths
 * may be absolute, or relative to the folder of the table: the person who wrote the table names the files.
 */
async function read(description: Described<Fields>, root: string): Promise<LayoutResult> {
  const file = isFile(root) ? root : join(root, description.table);
  const table = await readTable(file);
  const id = requireColumn(table, [description.id_column], file, 'the participants');
  const image = requireColumn(table, [description.image_column], file, 'the images');
  const mask =
    description.mask_column === undefined
      ? undefined
      : requireColumn(table, [description.mask_column], file, 'the masks');
  const group =
    description.groups === 'none'
      ? undefined
      : requireColumn(table, description.groups.column, file, 'the groups');

  const findings: Finding[] = [];
  const candidates: Candidate[] = [];
  const folder = dirname(resolve(file));
  // One text for all: a table may have a million rows.
  const noPath = `has no path in column '${image}'. Fill it in.`;
  const noId = `has no value in column '${id}', which says whose the image is. Fill it in.`;
  table.rows.forEach((row, index) => {
    const participant = row[id];
    const what = `${participant || '(no id)'} (row ${index + 1} of ${file})`;
    const problem = (reason: string) => findings.push({ what, participant, reason, isProblem: true });
    if (isMissing(row[image])) {
      findings.push({ what, participant, reason: noPath, isProblem: true, isWithoutImage: true });
      return;
    }
    if (isMissing(participant)) {
      problem(noId);
      return;
    }
    const path = resolve(folder, row[image]);
    if (!isFile(path)) {
      problem(`names the image ${path}, which does not exist. Correct the path.`);
      return;
    }
    let maskPath: string | undefined;
    if (mask !== undefined) {
      if (isMissing(row[mask])) {
        problem(`has no path in column '${mask}'. Fill it in.`);
        return;
      }
      maskPath = resolve(folder, row[mask]);
      if (!isFile(maskPath)) {
        problem(`names the mask ${maskPath}, which does not exist. Correct the path.`);
        return;
      }
    }
    candidates.push({
      participant,
      image: path,
      groupValue: group === undefined || isMissing(row[group]) ? undefined : row[group],
      mask: maskPath,
      columns: otherColumns(row, [id, image, mask]),
    });
  });
  return { candidates, findings, hasGroups: group !== undefined };
}

export const tableLayout: Layout<Fields> = { name: 'table', fields, rootMayBeFile: true, read };
