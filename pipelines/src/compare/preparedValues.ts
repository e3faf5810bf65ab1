import { sharedRow, type ValuePair } from '@oinr/mixture';
import { readImageValues } from '@oinr/ttest';
import { lastOnly } from '../../lastOnly.ts';
import { once } from '../../once.ts';
import type { CompareRun } from '../compareRun.ts';
import type { DataSet } from '../dataSets.ts';

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
  /** A data set beside the full one, or the full one beside itself. */
  pairWith(dataSet: DataSet): Promise<PreparedPair>;
}

/**
 * The volumes of data sets as they are tested, at the voxels of the mask; of people without a full scan the imputed ones
 * alone. The full data are kept, and of the imputed ones those asked for last: tests of one data set come one after the
 * other.
 */
export function preparedValues({ mask, config, study }: CompareRun, signal: AbortSignal): PreparedValues {
  const [full] = study.dataSets;
  const read = async ({ id, paths: own }: DataSet): Promise<Prepared> => {
    const rows: Float32Array[] = [];
    const facts = await readImageValues(
      [...own, ...(study.thin?.paths.get(id) ?? [])],
      mask,
      (values) => rows.push(sharedRow(values)),
      {
        preparation: { smooth: config.smooth, normalise: config.normalise },
        threads: config.jobs,
        signal,
      },
    );
    return { voxels: mask.indices.length, rows, divisors: facts.map(({ divisor }) => divisor ?? 1) };
  };
  const ofFull = once(() => read(full));
  const ofImputed = lastOnly(read);
  return {
    async pairWith(dataSet) {
      const [one, other] = [await ofFull(), await (dataSet === full ? ofFull() : ofImputed(dataSet))];
      return { full: one, imputed: other };
    },
  };
}
