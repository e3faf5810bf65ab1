import { diceOfHalves, leaveOneOutDice, type MixedPeople, quantile, smallerGroup } from '@oinr/mixture';
import type { Unit } from '@oinr/run';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import { doMixedUnit, type MixedRun } from './mixedRun.ts';

/** Pairs of subjects that are left out, one of each group. */
const mostPairs = 10;
/** Random halves of the people in which methods are ranked. */
const halves = 20;
/** Fewest people of a group: a half of fewer says next to nothing; fewer leave nothing when one is left out. */
const fewest = { halves: 10, pairs: 4 } as const;

type People = Pick<MixedPeople, 'labels'>;

/** Whether the full data can be compared with themselves, one of each group left out. */
export function hasYardstick({ labels }: People): boolean {
  return smallerGroup(labels) >= fewest.pairs;
}

/** Whether methods can be ranked in halves of the people. */
export function hasHalves({ labels }: People): boolean {
  return smallerGroup(labels) >= fewest.halves;
}

/** Dice of a data set with the full data in every half; none where neither shows anything there. */
export interface HalvesRow {
  readonly dice: readonly (number | null)[];
}

/** How far the full data agree with themselves, or what an earlier run has kept of it. */
export async function yardstick(mixed: MixedRun, level: number): Promise<readonly number[]> {
  const { full, plan, run, work, values } = mixed;
  const { mixSeed: seed, jobs: threads } = run.config;
  const unit: Unit<readonly number[]> = {
    name: ['left out', full.id],
    kind: 'stability',
    what: 'full data, one of each group left out',
    inputs: async () => ({ ...(await mixed.inputsOf(full)), seed, level, mostPairs }),
    async run({ onProgress }) {
      const row = await leaveOneOutDice(await values.pairWith(full), plan.peopleWithFull, {
        ...{ seed, level, threads, most: mostPairs },
        signal: work.signal,
        onProgress: (done) => onProgress(done / (mostPairs + 1)),
      });
      return { row, outputs: [] };
    },
  };
  return (await doMixedUnit(mixed, unit)).row;
}

/** How a data set agrees with the full data in halves of the people, or what an earlier run has kept of it. */
export async function agreementOfHalves(
  mixed: MixedRun,
  dataSet: DataSet,
  level: number,
): Promise<HalvesRow> {
  const { plan, run, work, values } = mixed;
  const { mixSeed: seed, jobs: threads } = run.config;
  const unit: Unit<HalvesRow> = {
    name: ['halves', dataSet.id],
    kind: 'stability',
    what: `halves of the people, ${dataSet.name}`,
    inputs: async () => ({ ...(await mixed.inputsOf(dataSet)), seed, level, halves }),
    async run({ onProgress }) {
      const dice = await diceOfHalves(await values.pairWith(dataSet), plan.peopleWithFull, {
        ...{ seed, level, threads, halves },
        signal: work.signal,
        onProgress: (done) => onProgress(done / (2 * halves)),
      });
      return { row: { dice: dice.map((one) => one ?? null) }, outputs: [] };
    },
  };
  return (await doMixedUnit(mixed, unit)).row;
}

/** tables/yardstick.tsv: one row, or none where the full data show nothing. */
export function yardstickTable(dice: readonly number[], criterion: string): Table {
  const columns = ['criterion', 'pairs_left_out', 'dice', 'dice_low', 'dice_high'];
  if (dice.length === 0) return tableOf(columns, []);
  return tableOf(columns, [
    {
      criterion,
      pairs_left_out: dice.length,
      dice: dice.reduce((sum, one) => sum + one, 0) / dice.length,
      dice_low: Math.min(...dice),
      dice_high: Math.max(...dice),
    },
  ]);
}

/**
 * tables/ranks.tsv: what 95 % of the ranks by Dice among the methods at the same k lie between, over halves of the people in
 * which all of them have a Dice.
 */
export function ranksTable(rows: readonly (readonly [DataSet, HalvesRow])[], criterion: string): Table {
  return tableOf(
    ['method', 'missing_percent', 'k', 'criterion', 'halves', 'rank_low', 'rank_high'],
    rows.map(([dataSet, { dice }]): Record<string, CellValue> => {
      const rivals = rows.filter(([other]) => other.every === dataSet.every);
      const ranks = dice.flatMap((own, half) => {
        const all = rivals.map(([, other]) => other.dice[half]);
        if (own === null || all.some((one) => one === null)) return [];
        return [1 + all.filter((one) => (one ?? 0) > own).length];
      });
      ranks.sort((a, b) => a - b);
      return {
        ...aboutDataSet(dataSet),
        criterion,
        halves: ranks.length,
        rank_low: ranks.length === 0 ? undefined : Math.floor(quantile(ranks, 0.025)),
        rank_high: ranks.length === 0 ? undefined : Math.ceil(quantile(ranks, 0.975)),
      };
    }),
  );
}
