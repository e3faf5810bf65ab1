import { sharedRow, type ValuePair } from '@oinr/mixture';
import { readImageValues } from '@oinr/ttest';
import { lastOnly } from '../lastOnly.ts';
import { once } from '../once.ts';
import type { CompareRun } from './compareRun.ts';
import type { DataSet } from './dataSets.ts';

/** The volumes of a data set as they are tested, a row of voxels of the mask for each person. */
export interface Prepared {
  readonly voxels: number;
  readonly rows: readonly Float32Array[];
  /** What each person's volume was divided by; 1 where nothing was normalised. */
  readonly divisors: readonly number[];
}

/** The full data and an imputed data set of the same people. */
export interface PreparedPair extends ValuePair {
  readonly full: Prepared;
  readonly imputed: Prepared;
}

export interface PreparedValues {
  /**
   * A data set beside the full one, or the full one beside itself. Good until another data set is asked for: its volumes take
   * the memory of these.
   */
  pairWith(dataSet: DataSet, onRead?: (share: number) => void): Promise<PreparedPair>;
}

/**
 * The volumes of data sets as they are tested, at the voxels of the mask; of people without a full scan the imputed ones
 * alone. Two data sets are held: the full one, and the imputed one that was asked for last, in the same memory as all
 * before it (shared memory waits for a collection of garbage that it does not bring about).
 */
export function preparedValues({ mask, config, study }: CompareRun, signal: AbortSignal): PreparedValues {
  const [full] = study.dataSets;
  let onReading: ((share: number) => void) | undefined;
  const read = async ({ id, paths: own }: DataSet, rows: Float32Array[]): Promise<Prepared> => {
    const paths = [...own, ...(study.thin?.paths.get(id) ?? [])];
    const facts = await readImageValues(
      paths,
      mask,
      (values, person) => {
        if (rows[person] === undefined) rows[person] = sharedRow(values);
        else rows[person].set(values);
      },
      {
        preparation: { smooth: config.smooth, normalise: config.normalise },
        threads: config.jobs,
        signal,
        onImage: (done) => onReading?.(done / paths.length),
      },
    );
    return { voxels: mask.indices.length, rows, divisors: facts.map(({ divisor }) => divisor ?? 1) };
  };
  const ofFull = once(() => read(full, []));
  const rowsOfImputed: Float32Array[] = [];
  const ofImputed = lastOnly((dataSet: DataSet) => read(dataSet, rowsOfImputed));
  return {
    async pairWith(dataSet, onRead) {
      onReading = onRead;
      const [one, other] = [await ofFull(), await (dataSet === full ? ofFull() : ofImputed(dataSet))];
      return { full: one, imputed: other };
    },
  };
}
