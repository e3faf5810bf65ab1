import { sharedRow, type Values } from '@oinr/mixture';
import { readImages } from '@oinr/ttest';
import type { CompareRun } from '../compareRun.ts';
import type { DataSet } from '../dataSets.ts';

/**
 * The volumes of data sets as they are tested, at the voxels of the mask; of people without a full scan the imputed ones
 * alone. The full data are kept, and of the imputed ones
 * those asked for last: tests of one data set come one after the other.
 */
export class PreparedValues {
  readonly #run: CompareRun;
  readonly #signal: AbortSignal;
  #full: Values | undefined;
  #imputed: { readonly id: string; readonly values: Values } | undefined;

  constructor(run: CompareRun, signal: AbortSignal) {
    this.#run = run;
    this.#signal = signal;
  }

  async of(dataSet: DataSet): Promise<Values> {
    if (dataSet.id === 'full') {
      this.#full ??= await this.#read(dataSet);
      return this.#full;
    }
    if (this.#imputed?.id !== dataSet.id) {
      // What is not needed any more goes before the next is read.
      this.#imputed = undefined;
      this.#imputed = { id: dataSet.id, values: await this.#read(dataSet) };
    }
    return this.#imputed.values;
  }

  async #read({ id, paths: own }: DataSet): Promise<Values> {
    const { mask, config, study } = this.#run;
    const paths = [...own, ...(study.thin?.paths.get(id) ?? [])];
    const rows: Float32Array[] = [];
    await readImages(paths, mask, {
      preparation: { smooth: config.smooth, normalise: config.normalise },
      threads: config.jobs,
      signal: this.#signal,
      onValues: (values) => rows.push(sharedRow(values)),
    });
    return { voxels: mask.indices.length, rows };
  }
}
