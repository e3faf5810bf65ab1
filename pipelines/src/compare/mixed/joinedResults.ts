import type { DataSet } from '../dataSets.ts';
import { agreementByDistance, type DistanceRows, hasDistances } from './distanceTable.ts';
import { type Counted, countErrors, countedDesigns } from './falsePositivesTable.ts';
import { differencesOfKinds, type KindsRow } from './kindsTable.ts';
import type { MixedRun } from './mixedRun.ts';
import { type MixtureRow, mixtureRows, type WholeTests } from './mixtureRows.ts';
import { type Curve, curveOf, curvesOf } from './powerTable.ts';
import { agreementOfHalves, type HalvesRow, hasHalves, hasYardstick, yardstick } from './stabilityTable.ts';
import { hasWorth, type WorthRow, worthOfDataSet } from './worthTable.ts';

/** What one data set says of joining full and imputed scans; what was not asked for, or cannot be said of it, is left out. */
export interface JoinedResults {
  readonly dataSet: DataSet;
  readonly distance?: DistanceRows;
  readonly mixtures: readonly MixtureRow[];
  readonly kinds?: KindsRow;
  readonly worth?: WorthRow;
  readonly yardstick?: readonly number[];
  readonly halves?: HalvesRow;
  readonly curves: readonly Curve[];
  readonly counted: readonly Counted[];
}

/**
 * Everything that is to be known of a data set, one after the other while its volumes are in memory. `whole`: the main tests
 * of the full data and of this data set.
 */
export async function joinedResults(
  mixed: MixedRun,
  whole: WholeTests,
  dataSet: DataSet,
): Promise<JoinedResults> {
  const { plan, full, work, truth, run } = mixed;
  const { power, falsePositives } = run.config;
  const { peopleWithFull } = plan;
  const timed = async <Result>(kind: string, act: () => Promise<Result>): Promise<Result> => {
    work.signal.throwIfAborted();
    const began = performance.now();
    const result = await act();
    work.progress.unitDone(kind, (performance.now() - began) / 1000);
    return result;
  };
  const isFull = dataSet === full;
  const isImputed = plan.dataSets.includes(dataSet);
  const [{ level, significant }] = whole.criteria;
  const distance = hasDistances(dataSet)
    ? await timed('distance', () => agreementByDistance(mixed, whole, dataSet))
    : undefined;
  const hasMixtures = plan.mixtures.length > 0 && (isFull || isImputed);
  const tested = (seconds: number): void => work.progress.unitDone('mixture', seconds);
  const mixtures = hasMixtures ? await mixtureRows(mixed, whole, dataSet, tested) : [];
  const kinds =
    hasMixtures && isImputed ? await timed('kinds', () => differencesOfKinds(mixed, dataSet)) : undefined;
  const worth =
    isImputed && hasWorth(peopleWithFull)
      ? await timed('worth', () => worthOfDataSet(mixed, dataSet))
      : undefined;
  const own =
    isFull && plan.imputed.length > 0 && hasYardstick(peopleWithFull)
      ? await timed('stability', () => yardstick(mixed, level))
      : undefined;
  const halves =
    !isFull && hasHalves(peopleWithFull)
      ? await timed('stability', () => agreementOfHalves(mixed, dataSet, level))
      : undefined;
  const curves: Curve[] = [];
  if (power !== undefined) {
    const reference = whole.results.get(full.id);
    if (reference === undefined) throw new TypeError('The full data were not tested.');
    const findable = truth ?? { effect: significant({ result: reference }) };
    for (const cell of curvesOf(mixed, dataSet))
      curves.push(await timed('power', () => curveOf(mixed, cell, { findable, samples: power, level })));
  }
  const counted: Counted[] = [];
  if (falsePositives !== undefined)
    for (const cell of countedDesigns(mixed, dataSet))
      counted.push(await timed('falsePositives', () => countErrors(mixed, cell, falsePositives)));
  return { dataSet, distance, mixtures, kinds, worth, yardstick: own, halves, curves, counted };
}
