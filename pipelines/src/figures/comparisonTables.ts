import { readVolume } from '@oinr/nifti';
import type { Table } from '@oinr/tables';
import { reorientToRas, type Volume } from '@oinr/volume';
import { mapPath } from '../compare/statisticMaps.ts';
import { type RunResults, readRunTable } from '../runResults.ts';

/** What the compare stage wrote, read for drawing. */
export interface ComparisonTables {
  readonly datasets: Table;
  readonly verdict: Table;
  readonly attenuation: Table;
  readonly peaks: Table;
  readonly maxNull: Table;
}

export async function readComparison(results: RunResults): Promise<ComparisonTables> {
  return {
    datasets: await readRunTable(results, 'datasets'),
    verdict: await readRunTable(results, 'verdict'),
    attenuation: await readRunTable(results, 'attenuation'),
    peaks: await readRunTable(results, 'peaks'),
    maxNull: await readRunTable(results, 'max_null'),
  };
}

/** The T map of a data set, in RAS order, NaN where nothing was tested: the map itself may hold 0 there (--outside). */
export async function readT(runFolder: string, id: string): Promise<Volume> {
  const { grid, data } = reorientToRas(await readVolume(mapPath(runFolder, id, 't')));
  return { grid, data: data.map((t) => (t === 0 ? Number.NaN : t)) };
}
