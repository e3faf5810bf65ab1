import { sameFile } from '@oinr/files';
import { RunError } from '@oinr/run';
import { tableFiles } from '../tables/draftTable.ts';
import { tfceOf } from './choices.ts';
import type { CompareRun } from './compareRun.ts';
import { plannedTables } from './mixed/mixedStudy.ts';
import { usualMapPaths } from './statisticMaps.ts';

/**
 * Refuses a comparison whose results would take the place of somebody else's files, or of what it reads itself.
 *
 * @throws ForeignFileError or RunError, before anything is tested.
 */
export async function claimResults({ folder, study, config, mixed }: CompareRun): Promise<void> {
  const tables = ['datasets', 'agreement', 'attenuation', 'peaks', 'max_null', 'extent_null', 'verdict'];
  if (tfceOf(config) !== undefined) tables.push('tfce_null');
  tables.push(...plannedTables(mixed, config));
  const maps = study.dataSets.flatMap(({ id }) => usualMapPaths(folder.path, id));
  const results = [
    ...tables.flatMap((name) => tableFiles(folder, name)),
    ...[...maps, folder.file('group', 'desc-fullMean_T1w.nii.gz')].flatMap((map) => [
      map,
      map.replace(/\.nii\.gz$/, '.json'),
    ]),
  ];
  await folder.manifest.results.claim(results);
  const { mask, atlas, atlasNames, participants } = config;
  const images = study.dataSets.flatMap(({ paths }) => paths);
  const both = await sameFile([mask, atlas, atlasNames, participants, ...images], results);
  if (both !== undefined)
    throw new RunError(
      `${both} is read by this comparison and would be replaced by its result. Choose another --out or --run, or copy the file elsewhere.`,
    );
}
