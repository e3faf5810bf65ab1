import { basename, dirname } from 'node:path';
import type { Subject } from '@oinr/cohort';
import { readHeader } from '@oinr/nifti';
import { bidsLabel, RunError, sourceName } from '@oinr/run';
import { resolveDesign } from '@oinr/statistics';
import {
  type Adjustments,
  imageFiles,
  readParticipants,
  registerFirst,
  remarksInWords,
  requireSpace,
} from '@oinr/ttest';
import type { DataSet, Study } from './dataSets.ts';
import type { MapsChoice } from './mapsOptions.ts';

/**
 * A comparison of maps that were made elsewhere: the participants of a table, one image of each in every folder. Nothing
 * is known of their slices, nor of a truth.
 *
 * @throws RequestError or DesignError as `oinr ttest`: a column, value or image that is missing, two images of one
 * participant, images on different grids; RunError for folders that cannot be told apart.
 */
export async function studyOfMaps(
  cohort: string,
  { full, imputed, participants, groupColumn, imageColumn }: MapsChoice,
  { groups: wanted, ...adjustments }: Adjustments & { readonly groups: readonly string[] },
): Promise<Study> {
  const [first, second] = wanted;
  const groups = [first, second] as const;
  const people = await readParticipants({ participants, groups, groupColumn, imageColumn, ...adjustments });
  resolveDesign(people.design);
  const filesIn = (folder: string, option: string): Promise<string[]> =>
    imageFiles({ folder, option, imageColumn }, people);
  const paths = await filesIn(full, '--full');
  refuseSameFolders(full, imputed);
  const [, ...names] = folderNames([full, ...imputed]);
  const dataSets: DataSet[] = [
    {
      id: 'full',
      name: 'full data',
      method: 'full',
      every: 1,
      paths,
      origin: { folder: full, name: 'full/' },
    },
    ...(await Promise.all(
      imputed.map(async (folder, index) => ({
        id: bidsLabel(names[index]),
        name: names[index],
        method: names[index],
        every: undefined,
        paths: await filesIn(folder, '--imputed'),
        origin: { folder, name: `${names[index]}/` },
      })),
    )),
  ];
  refuseSameNames(dataSets, imputed);
  const { grid } = await readHeader(paths[0]);
  const space = { grid, reference: paths[0], advice: registerFirst };
  const headers: { readonly name: string; readonly remarks: readonly string[] }[] = [];
  for (const { paths: own, origin } of dataSets)
    for (const path of own) {
      const { grid: other, remarks } = await readHeader(path);
      requireSpace(other, path, space);
      headers.push({ name: `${origin?.name}${sourceName(origin?.folder ?? '', path)}`, remarks });
    }
  const subjects = people.names.map(
    (id, index): Subject => ({
      id,
      group: people.labels[index] === 1 ? groups[0] : groups[1],
      image: paths[index],
      columns: people.rows[index],
    }),
  );
  return {
    cohort,
    groups,
    subjects,
    design: people.design,
    masks: subjects.map(() => undefined),
    dataSets,
    advice: registerFirst,
    remarks: [
      'The maps were made elsewhere, so nothing is known of their slices: agreement is over all voxels tested, not for missing slices alone, and neither percentages nor spacings are given. There is no table of the bias per group, and no truth to compare with.',
      ...(people.leftOut > 0
        ? [`${people.leftOut} rows of other groups than ${groups.join(' and ')} are left out.`]
        : []),
      ...people.notes,
      ...remarksInWords(headers),
    ],
  };
}

/** What tells folders apart: their last names, without those at the end that all have (`full/mri`, `linear50/mri`). */
export function folderNames(folders: readonly string[]): string[] {
  const names = folders.map((folder) => basename(folder));
  const isCommon = folders.length > 1 && names.every((name) => name === names[0]);
  const above = folders.map((folder) => dirname(folder));
  const hasAbove = above.every((folder, index) => folder !== folders[index]);
  return isCommon && hasAbove ? folderNames(above) : names;
}

function refuseSameFolders(full: string, imputed: readonly string[]): void {
  for (const [index, folder] of imputed.entries()) {
    if (folder === full)
      throw new RunError(`--imputed names ${folder}, which is the folder of --full; name another.`);
    if (imputed.indexOf(folder) !== index)
      throw new RunError(`--imputed names ${folder} twice; name it once.`);
    if (!/[A-Za-z0-9]/.test(basename(folder)))
      throw new RunError(
        `The folder ${folder} has no letter or digit in its name, which names the method in tables and files. Rename it.`,
      );
  }
}

function refuseSameNames(dataSets: readonly DataSet[], imputed: readonly string[]): void {
  dataSets.forEach(({ id, method }, index) => {
    // Names of files differ in more than case.
    const other = dataSets.findIndex((one) => one.id.toLowerCase() === id.toLowerCase());
    if (other === index) return;
    throw new RunError(
      `--imputed names ${imputed[index - 1]}, which would be called ${method} in tables and files, as ${other === 0 ? 'the full data are' : `${imputed[other - 1]} would`}. Give the folders different names.`,
    );
  });
}
