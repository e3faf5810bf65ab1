import {
  columnsOfStrata,
  fewestForWorth,
  kindsThatHoldBoth,
  type MixedPeople,
  smallerGroup,
  withoutCovariates,
  worthOf,
} from '@oinr/mixture';
import type { Unit } from '@oinr/run';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import { doMixedUnit, type MixedRun, participantId } from './mixedRun.ts';

/** What is kept of a worth. */
export interface WorthRow {
  readonly worth?: number;
  readonly low?: number;
  readonly high?: number;
  readonly inTruth?: number;
  /** One text of 0 and 1 per split, one digit per person. */
  readonly halves: readonly string[];
}

/** Whether both groups have enough people for it, and every block holds both: else a block and the groups are one thing. */
export function hasWorth({ labels, strata }: Pick<MixedPeople, 'labels' | 'strata'>): boolean {
  return smallerGroup(labels) >= fewestForWorth && !hasBlockOfOneGroup({ labels, strata });
}

/** Whether some block holds one group only. */
export function hasBlockOfOneGroup({ labels, strata }: Pick<MixedPeople, 'labels' | 'strata'>): boolean {
  if (strata === undefined) return false;
  const both = kindsThatHoldBoth(labels, strata);
  return both === undefined || both.kept.includes(0);
}

/** What one imputed scan of a data set is worth, or what an earlier run has kept of it. */
export async function worthOfDataSet(mixed: MixedRun, dataSet: DataSet): Promise<WorthRow> {
  const { plan, work, run, values, truth, inputsOf } = mixed;
  const seed = run.config.mixSeed;
  const unit: Unit<WorthRow> = {
    name: ['worth', dataSet.id],
    kind: 'worth',
    what: `worth of ${dataSet.name}`,
    inputs: async () => ({ ...(await inputsOf(dataSet)), seed }),
    async run({ onProgress }) {
      const { labels, covariates = [], strata } = plan.peopleWithFull;
      const columns = [
        ...covariates.map((covariate) => covariate.values),
        ...(strata === undefined ? [] : columnsOfStrata(strata)),
      ];
      const pair = withoutCovariates(await values.pairWith(dataSet), labels, columns);
      const { worth, low, high, worthInTruth, halves } = await worthOf(pair, labels, {
        seed,
        trueEffect: truth?.difference,
        onProgress: async (share) => {
          onProgress(share);
          // A turn for Ctrl-C.
          await new Promise(setImmediate);
          work.signal.throwIfAborted();
        },
      });
      return {
        row: { worth, low, high, inTruth: worthInTruth, halves: halves.map((half) => half.join('')) },
        outputs: [],
      };
    },
  };
  return (await doMixedUnit(mixed, unit)).row;
}

/** tables/worth.tsv */
export function worthTable(
  { run: { config } }: MixedRun,
  rows: readonly (readonly [DataSet, WorthRow])[],
): Table {
  const columns = [
    'method',
    'missing_percent',
    'k',
    'smooth_mm',
    'worth',
    'worth_low',
    'worth_high',
    'worth_in_truth',
    'splits',
  ];
  return tableOf(
    columns,
    rows.map(
      ([dataSet, { worth, low, high, inTruth, halves }]): Record<string, CellValue> => ({
        ...aboutDataSet(dataSet),
        smooth_mm: config.smooth,
        worth,
        worth_low: low,
        worth_high: high,
        worth_in_truth: inTruth,
        splits: halves.length,
      }),
    ),
  );
}

/** tables/worth_halves.tsv: who was in the first half of every split, so that the estimate can be made again. */
export function halvesTable({ run: { study } }: MixedRun, { halves }: WorthRow): Table {
  const names = halves.map((_, split) => `split_${split + 1}`);
  return tableOf(
    ['participant_id', 'group', ...names],
    study.subjects.map(({ id, group }, person) => ({
      participant_id: participantId(id),
      group,
      ...Object.fromEntries(names.map((name, split) => [name, Number(halves[split][person])])),
    })),
  );
}
