import {
  curveSizes,
  type Findable,
  type PowerPoint,
  powerCurve,
  type Scans,
  sizeOfSensitivity,
  smallerGroup,
} from '@oinr/mixture';
import type { Unit } from '@oinr/run';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import { doMixedUnit, type MixedRun } from './mixedRun.ts';

/** A curve of full, imputed or mixed scans. */
export interface Curve {
  readonly dataSet: DataSet;
  readonly scans: Scans;
  readonly points: readonly PowerPoint[];
}

/** Sizes of the groups in a curve; none where the groups are too small. */
export function sizesOf({ labels }: { readonly labels: Uint8Array }): number[] {
  return curveSizes(smallerGroup(labels));
}

/** The curves of a data set: that of full scans, or those of imputed and mixed ones; none where the groups are too small. */
export function curvesOf({ full, plan }: MixedRun, dataSet: DataSet): Pick<Curve, 'dataSet' | 'scans'>[] {
  if (sizesOf(plan.peopleWithFull).length === 0) return [];
  const kinds: readonly Scans[] =
    dataSet === full ? ['full'] : plan.dataSets.includes(dataSet) ? ['imputed', 'mixed'] : [];
  return kinds.map((scans) => ({ dataSet, scans }));
}

/** What samples of the people find, or what an earlier run has kept of it. */
export async function curveOf(
  mixed: MixedRun,
  { dataSet, scans }: Pick<Curve, 'dataSet' | 'scans'>,
  {
    findable,
    samples,
    level,
  }: { readonly findable: Findable; readonly samples: number; readonly level: number },
): Promise<Curve> {
  const { plan, work, run, values, inputsOf } = mixed;
  const { mixSeed: seed, jobs: threads } = run.config;
  const sizes = sizesOf(plan.peopleWithFull);
  const unit: Unit<readonly PowerPoint[]> = {
    name: ['power', `${dataSet.id} ${scans}`],
    kind: 'power',
    what: `power, ${dataSet.name}${scans === 'mixed' ? ', half imputed' : ''}`,
    inputs: async () => ({
      ...(await inputsOf(dataSet)),
      ...{ scans, seed, samples, level, sizes },
      // Where there is no truth, what the full data show is to be found.
      relabelings: findable.decided === undefined ? [run.config.permutations, run.config.seed] : undefined,
    }),
    async run({ onProgress }) {
      const pair = await values.pairWith(dataSet);
      const row = await powerCurve(pair, scans, plan.peopleWithFull, findable, {
        ...{ sizes, samples, seed, level, threads },
        signal: work.signal,
        onProgress: (done) => onProgress(done / (sizes.length * samples)),
      });
      return { row, outputs: [] };
    },
  };
  return { dataSet, scans, points: (await doMixedUnit(mixed, unit)).row };
}

/** tables/power.tsv; full scans that find as much are read off the curve of the full ones. */
export function powerTable(
  { run: { config } }: MixedRun,
  curves: readonly Curve[],
  { criterion, reference }: { readonly criterion: string; readonly reference: string },
): Table {
  const full = curves.find(({ scans }) => scans === 'full')?.points ?? [];
  const columns = [
    ...[
      'scans',
      'method',
      'missing_percent',
      'k',
      'smooth_mm',
      'criterion',
      'to_find',
      'per_group',
      'samples',
    ],
    ...['voxels_found', 'sensitivity', 'sensitivity_low', 'sensitivity_high'],
    ...['one_minus_precision', 'one_minus_precision_low', 'one_minus_precision_high'],
    ...['equals_full_per_group', 'worth_by_power'],
  ];
  return tableOf(
    columns,
    curves.flatMap(({ dataSet, scans, points }) =>
      points.map(
        ({ size, samples, voxelsFound, sensitivity, oneMinusPrecision }): Record<string, CellValue> => {
          const equals =
            scans === 'full' || sensitivity === undefined
              ? undefined
              : sizeOfSensitivity(full, sensitivity[0]);
          return {
            scans,
            ...aboutDataSet(dataSet),
            smooth_mm: config.smooth,
            criterion,
            to_find: reference,
            per_group: size,
            samples,
            voxels_found: voxelsFound,
            sensitivity: sensitivity?.[0],
            sensitivity_low: sensitivity?.[1],
            sensitivity_high: sensitivity?.[2],
            one_minus_precision: oneMinusPrecision?.[0],
            one_minus_precision_low: oneMinusPrecision?.[1],
            one_minus_precision_high: oneMinusPrecision?.[2],
            equals_full_per_group: equals,
            worth_by_power: equals === undefined ? undefined : worthByPower(scans, size, equals),
          };
        },
      ),
    ),
  );
}

/** Full scans that stand for one imputed: of all, or of the half that is imputed in a mixed sample. */
function worthByPower(scans: Scans, size: number, equals: number): number {
  const full = scans === 'mixed' ? size / 2 : 0;
  return (equals - full) / (size - full);
}
