import { type KindDifference, kindDifference } from '@oinr/mixture';
import { doUnit, type Unit } from '@oinr/run';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { readImages } from '@oinr/ttest';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import { activityOf, type MixedRun } from './mixedRun.ts';

/** What is kept of a data set; undefined where nobody has both scans, or nothing was normalised. */
export interface KindsRow {
  readonly before?: KindDifference;
  readonly after?: KindDifference;
}

/**
 * How imputed scans of every data set differ from full ones of the same people, before and after normalising, or what an
 * earlier run has kept of it. Means before normalising take one reading of the images more; those of the full ones are
 * read once for all.
 */
export async function differencesOfKinds(
  mixed: MixedRun,
  onDone: (seconds: number) => void,
): Promise<(readonly [DataSet, KindsRow])[]> {
  const { plan, values, full, run, inputsOf } = mixed;
  let meansOfFull: Promise<Float64Array> | undefined;
  const rows: (readonly [DataSet, KindsRow])[] = [];
  for (const dataSet of plan.dataSets) {
    const unit: Unit<KindsRow> = {
      name: ['kinds', dataSet.id],
      kind: 'kinds',
      what: `mean and spread of ${dataSet.name}`,
      inputs: () => inputsOf(dataSet),
      async run() {
        const pair = { full: await values.of(full), imputed: await values.of(dataSet) };
        const { labels } = plan.peopleWithFull;
        const tested = kindDifference(pair, labels);
        if (run.config.normalise === 'none') return { row: { before: tested }, outputs: [] };
        meansOfFull ??= meansOf(mixed, full);
        const scales = { full: await meansOfFull, imputed: await meansOf(mixed, dataSet) };
        return { row: { before: kindDifference(pair, labels, scales), after: tested }, outputs: [] };
      },
    };
    const began = performance.now();
    rows.push([dataSet, (await doUnit(unit, activityOf(mixed))).row]);
    onDone((performance.now() - began) / 1000);
  }
  return rows;
}

/** The mean in the mask of every person's volume, before it is divided by it. */
async function meansOf({ run: { mask, config }, work }: MixedRun, { paths }: DataSet): Promise<Float64Array> {
  const means = new Float64Array(paths.length);
  await readImages(paths, mask, {
    preparation: { smooth: config.smooth, normalise: 'none' },
    threads: config.jobs,
    signal: work.signal,
    onValues: (values, person) => {
      let sum = 0;
      for (let voxel = 0; voxel < values.length; voxel++) sum += values[voxel];
      means[person] = sum / values.length;
    },
  });
  return means;
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
