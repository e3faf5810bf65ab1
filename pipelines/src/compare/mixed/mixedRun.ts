import { doUnit, type Fingerprinted, type FinishedUnit, fingerprint, type Unit } from '@oinr/run';
import type { CompareRun } from '../compareRun.ts';
import type { DataSet } from '../dataSets.ts';
import { fileStates, type TestWork } from '../dataSetTest.ts';
import type { PreparedValues } from '../preparedValues.ts';
import type { Truth } from '../truth.ts';
import type { MixedPlan } from './plan.ts';

/** What the tests, worth and curves of mixtures share. */
export interface MixedRun {
  readonly run: CompareRun;
  readonly plan: MixedPlan;
  readonly work: TestWork;
  readonly values: PreparedValues;
  readonly full: DataSet;
  readonly truth: Truth | undefined;
  /** What every result of a data set depends on: images, people, mask and preparation. */
  readonly inputsOf: (dataSet: DataSet) => Promise<Record<string, Fingerprinted>>;
}

/** `values`: those that the main tests are of too, so that a data set is read once. */
export function mixedRun(
  run: CompareRun,
  {
    work,
    values,
    truth,
  }: { readonly work: TestWork; readonly values: PreparedValues; readonly truth: Truth | undefined },
): MixedRun {
  const { study, mask, config, source, mixed: plan } = run;
  const { labels, strata, covariates } = plan.people;
  const states = new Map<string, Promise<Fingerprinted>>();
  const stateOf = ({ id, paths: own }: DataSet): Promise<Fingerprinted> => {
    const paths = [...own, ...(study.thin?.paths.get(id) ?? [])];
    const state = states.get(id) ?? fileStates(paths, source.cohort.root).then((files) => fingerprint(files));
    states.set(id, state);
    return state;
  };
  const shared = {
    people: fingerprint([...labels]),
    strata: strata && fingerprint([...strata]),
    covariates: covariates?.map(({ name, values }) => [name, ...Array.from(values)]),
    folds: study.folds && fingerprint([...study.folds]),
    mask: fingerprint([...mask.indices]),
    smooth: config.smooth,
    normalise: config.normalise,
    truth: truth && fingerprint([...truth.effect]),
  };
  const [full] = study.dataSets;
  return {
    run,
    plan,
    work,
    values,
    full,
    truth,
    inputsOf: async (dataSet) => ({
      ...shared,
      full: await stateOf(full),
      imputed: await stateOf(dataSet),
    }),
  };
}

/** Does a unit of mixtures, or finds what an earlier run has kept of it. */
export function doMixedUnit<Row>({ run, work }: MixedRun, unit: Unit<Row>): Promise<FinishedUnit<Row>> {
  const { folder } = run;
  return doUnit(unit, {
    manifest: folder.manifest,
    code: work.code,
    signal: work.signal,
    onActivity: (what, share) => work.progress.update(1, { subject: 'mixture', method: what, share }),
    note: (text) => folder.log.write(text),
  });
}

/** As BIDS has it; tables of maps made elsewhere may have it so already. */
export function participantId(id: string): string {
  return id.startsWith('sub-') ? id : `sub-${id}`;
}
