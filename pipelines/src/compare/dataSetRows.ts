import type { CellValue } from '@oinr/tables';
import { agreementOf, agreementRecords, attenuationRecords } from './agreementTables.ts';
import type { CompareRun } from './compareRun.ts';
import { dataSetRecord } from './dataSetRecord.ts';
import { aboutDataSet, type DataSet, percentMissing } from './dataSets.ts';
import { type Detected, detect } from './detected.ts';
import { peakRecords, peaksOf, type TablePeak } from './peaks.ts';
import type { Tested } from './tested.ts';
import { type Truth, truthRecord } from './truth.ts';
import type { Reached } from './verdict.ts';

type Rows = readonly Record<string, CellValue>[];

/** What a data set adds to the tables. */
export interface DataSetRows {
  readonly id: string;
  readonly dataset: Record<string, CellValue>;
  readonly maxima: Float64Array;
  readonly largestExtents: Float64Array;
  readonly largestTfce?: Float64Array;
  readonly truth: Rows;
  /** Against the full data: nothing for those themselves. */
  readonly agreement: Rows;
  readonly attenuation: Rows;
  readonly peaks: Rows;
  readonly reached?: Reached;
}

/** The full data, which all others are compared with. */
export interface Reference {
  readonly detected: Detected;
  readonly peaks: readonly TablePeak[];
  /** The criterion of the verdict. */
  readonly decisive: 0 | 1;
}

export function rowsOf(
  run: CompareRun,
  dataSet: DataSet,
  tested: Tested,
  reference: Reference,
  truth: Truth | undefined,
): DataSetRows {
  const about = aboutDataSet(dataSet);
  const isFull = dataSet.id === 'full';
  const detected = isFull ? reference.detected : detect(tested, run.levels);
  const { decisive } = reference;
  return {
    id: dataSet.id,
    dataset: dataSetRecord(run, dataSet, detected, decisive),
    maxima: tested.result.maxima,
    largestExtents: tested.largestExtents,
    largestTfce: tested.result.tfce?.maxima,
    truth:
      truth === undefined
        ? []
        : detected.sets.map(({ name, set }) => truthRecord({ ...about, criterion: name }, set, truth)),
    ...(isFull ? noComparison : comparison(run, dataSet, detected, reference)),
  };
}

type Comparison = Pick<DataSetRows, 'agreement' | 'attenuation' | 'peaks' | 'reached'>;

const noComparison: Comparison = { agreement: [], attenuation: [], peaks: [] };

function comparison(
  { mask, regions }: CompareRun,
  dataSet: DataSet,
  detected: Detected,
  full: Reference,
): Comparison {
  const about = aboutDataSet(dataSet);
  const { method, every, pattern } = dataSet;
  const spacing = pattern?.spacing;
  const agreements = agreementOf(full.detected, detected, mask, pattern?.slices);
  const [all] = agreements;
  const { found } = all.detections[full.decisive];
  return {
    agreement: agreementRecords(about, agreements),
    attenuation: attenuationRecords(about, agreements),
    peaks: peakRecords(about, full.peaks, peaksOf(detected.tested), { spacing, regions }),
    reached: {
      method,
      missingPercent: percentMissing(every),
      every,
      spacing,
      fullVoxels: found.reference,
      dice: found.dice,
      sensitivity: found.sensitivity,
      oneMinusPrecision: found.oneMinusPrecision,
      slope: all.attenuation.slope,
      correlation: all.attenuation.correlation,
    },
  };
}
