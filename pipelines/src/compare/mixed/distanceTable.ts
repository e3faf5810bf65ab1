import { compareDetections, testedInAll, type VoxelSet } from '@oinr/agreement';
import type { Unit } from '@oinr/run';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import { distancesToKept, readKeptScan } from '../keptDistances.ts';
import type { PreparedPair } from '../preparedValues.ts';
import type { ImputedScan } from '../slicePattern.ts';
import { doMixedUnit, type MixedRun } from './mixedRun.ts';
import type { WholeTests } from './mixtureRows.ts';

const columns = [
  ...['method', 'missing_percent', 'k', 'smooth_mm', 'distance_mm', 'share_of_values', 'rms_error'],
  ...['criterion', 'tested_voxels', 'full_voxels', 'imputed_voxels', 'both_voxels'],
  ...['dice', 'sensitivity', 'one_minus_precision', 'truth_voxels', 'true_found'],
] as const;

/** What is kept of a data set: its rows of tables/distance.tsv. */
export type DistanceRows = readonly Record<string, CellValue>[];

/** Whether it is known which slices were kept of every scan. */
export function hasDistances({ scans, pattern }: DataSet): boolean {
  return scans !== undefined && pattern !== undefined;
}

/** How far a data set agrees with the full data by the distance to kept slices, or what an earlier run has kept of it. */
export async function agreementByDistance(
  mixed: MixedRun,
  whole: WholeTests,
  dataSet: DataSet,
): Promise<DistanceRows> {
  const { scans = [], pattern, every = 1 } = dataSet;
  const { run, values, work } = mixed;
  const { permutations, seed, smooth } = run.config;
  const [criterion] = whole.criteria;
  const unit: Unit<DistanceRows> = {
    name: ['distance', dataSet.id],
    kind: 'distance',
    what: `distance to kept slices, ${dataSet.name}`,
    inputs: async () => ({
      ...(await mixed.inputsOf(dataSet)),
      ...{ permutations, seed, criterion: criterion.name },
    }),
    async run({ onProgress }) {
      const pair = await values.pairWith(dataSet);
      const width = (pattern?.spacing ?? 0) / every;
      const measured = await measureBands(pair, scans, run.mask, width, (share) => {
        work.signal.throwIfAborted();
        onProgress(share);
      });
      const agrees = agreementInBands(mixed, whole, dataSet, measured.bandOfVoxel);
      const row = measured.bands.map(({ count, squares }, band) => ({
        ...aboutDataSet(dataSet),
        ...{ smooth_mm: smooth, distance_mm: Number((band * width).toFixed(3)) },
        share_of_values: count / measured.total,
        rms_error: count === 0 ? undefined : Math.sqrt(squares / count),
        criterion: criterion.name,
        ...agrees(band),
      }));
      return { row, outputs: [] };
    },
  };
  return (await doMixedUnit(mixed, unit)).row;
}

interface Band {
  count: number;
  squares: number;
}

/**
 * Differences of imputed and full values by the distance of every voxel to the kept slices of that person's own scan, and
 * for the maps of groups the band of the mean distance over people. Band b holds what is about b `width` away: distances
 * between slices belong to the nearer number.
 */
export async function measureBands(
  { full, imputed }: Pick<PreparedPair, 'full' | 'imputed'>,
  scans: readonly ImputedScan[],
  mask: Parameters<typeof distancesToKept>[0],
  width: number,
  onShare: (share: number) => void,
): Promise<{ readonly bands: readonly Band[]; readonly bandOfVoxel: Int32Array; readonly total: number }> {
  const bands: Band[] = [];
  const means = new Float64Array(full.voxels);
  for (const [person, scan] of scans.entries()) {
    const distances = distancesToKept(mask, await readKeptScan(scan));
    const [one, other] = [full.rows[person], imputed.rows[person]];
    distances.forEach((distance, voxel) => {
      means[voxel] += distance / scans.length;
      const band = Math.round(distance / width);
      while (bands.length <= band) bands.push({ count: 0, squares: 0 });
      bands[band].count += 1;
      bands[band].squares += (other[voxel] - one[voxel]) ** 2;
    });
    onShare((person + 1) / scans.length);
  }
  const bandOfVoxel = Int32Array.from(means, (mean) => Math.round(mean / width));
  return { bands, bandOfVoxel, total: scans.length * full.voxels };
}

/** The agreement of significant voxels in a band. */
function agreementInBands(
  { truth, full }: MixedRun,
  { criteria: [criterion], results }: WholeTests,
  { id }: DataSet,
  bandOfVoxel: Int32Array,
): (band: number) => Record<string, CellValue> {
  const [ofFull, ofImputed] = [results.get(full.id), results.get(id)];
  if (ofFull === undefined || ofImputed === undefined) throw new TypeError(`${id} was not tested.`);
  const [reference, candidate] = [ofFull, ofImputed].map((result) => criterion.significant({ result }));
  const tested = testedInAll([ofFull.t, ofImputed.t]);
  return (band) => {
    const within: VoxelSet = tested.map((one, voxel) => (bandOfVoxel[voxel] === band ? one : 0));
    const found = compareDetections(reference, candidate, within);
    const inTruth =
      truth &&
      compareDetections(
        truth.effect,
        candidate,
        within.map((one, voxel) => one & truth.decided[voxel]),
      );
    return {
      tested_voxels: found.tested,
      full_voxels: found.reference,
      imputed_voxels: found.candidate,
      both_voxels: found.both,
      dice: found.dice,
      sensitivity: found.sensitivity,
      one_minus_precision: found.oneMinusPrecision,
      truth_voxels: inTruth?.reference,
      true_found: inTruth?.sensitivity,
    };
  };
}

/** tables/distance.tsv */
export function distanceTable(rows: readonly (readonly [DataSet, DistanceRows])[]): Table {
  return tableOf(
    columns,
    rows.flatMap(([, own]) => own),
  );
}
