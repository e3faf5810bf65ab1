import { type KindDifference, kindDifference } from '@oinr/mixture';
import type { Unit } from '@oinr/run';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import { doMixedUnit, type MixedRun } from './mixedRun.ts';

/** What is kept of a data set; undefined where nobody has both scans, or nothing was normalised. */
export interface KindsRow {
  readonly before?: KindDifference;
  readonly after?: KindDifference;
}

/** How the imputed scans of a data set differ from full ones of the same people, before and after normalising. */
export async function differencesOfKinds(mixed: MixedRun, dataSet: DataSet): Promise<KindsRow> {
  const { plan, values, run, inputsOf } = mixed;
  const unit: Unit<KindsRow> = {
    name: ['kinds', dataSet.id],
    kind: 'kinds',
    what: `mean and spread of ${dataSet.name}`,
    inputs: () => inputsOf(dataSet),
    async run() {
      const pair = await values.pairWith(dataSet);
      const { labels } = plan.peopleWithFull;
      const tested = kindDifference(pair, labels);
      if (run.config.normalise === 'none') return { row: { before: tested }, outputs: [] };
      const scales = { full: pair.full.divisors, imputed: pair.imputed.divisors };
      return { row: { before: kindDifference(pair, labels, scales), after: tested }, outputs: [] };
    },
  };
  return (await doMixedUnit(mixed, unit)).row;
}

/** tables/kinds.tsv */
export function kindsTable(
  { run: { config } }: MixedRun,
  rows: readonly (readonly [DataSet, KindsRow])[],
): Table {
  const columns = [
    ...['method', 'missing_percent', 'k', 'smooth_mm', 'normalisation', 'subjects'],
    ...['mean_difference_before', 'mean_difference_after'],
    ...['voxel_difference_before', 'voxel_difference_after', 'sd_ratio_before', 'sd_ratio_after'],
  ];
  return tableOf(
    columns,
    rows.map(
      ([dataSet, { before, after }]): Record<string, CellValue> => ({
        ...aboutDataSet(dataSet),
        smooth_mm: config.smooth,
        normalisation: config.normalise,
        subjects: before?.people ?? 0,
        mean_difference_before: before?.mean,
        mean_difference_after: after?.mean,
        voxel_difference_before: before?.voxelwise,
        voxel_difference_after: after?.voxelwise,
        sd_ratio_before: before?.deviationRatio,
        sd_ratio_after: after?.deviationRatio,
      }),
    ),
  );
}
