import { join } from 'node:path';
import { type MixedTest, type ModelName, mixedTest, ofMembers, testMixture } from '@oinr/mixture';
import { fingerprint, manifestFolder, RunError, relativePath, type Unit } from '@oinr/run';
import { readResult, type TwoSidedResult, twoSided, writeResult } from '@oinr/ttest';
import { usesOperator } from '../../simulate/methods.ts';
import type { DataSet } from '../dataSets.ts';
import { writeMaps } from '../statisticMaps.ts';
import { doMixedUnit, type MixedRun } from './mixedRun.ts';
import type { Mixture } from './plan.ts';

/** A test of a mixture: of full and imputed scans together, or of its full scans alone. */
export interface MixtureCell {
  readonly mixture: Mixture;
  /** Of all mixtures, from 1; part of file names. */
  readonly number: number;
  /** From 0. */
  readonly draw: number;
  /** The imputed data; the full data where the full scans alone are tested. */
  readonly dataSet: DataSet;
  readonly model: ModelName;
}

/** What came of it: without a test, resolution and group cannot be told apart by the model. */
export interface TestedMixture {
  readonly test: MixedTest | undefined;
  readonly result: TwoSidedResult | undefined;
  /** Paths of its maps. */
  readonly files: readonly string[];
}

/** Tests a mixture, or finds what an earlier run has kept of it. Maps are written of the first draw. */
export async function testOneMixture(mixed: MixedRun, cell: MixtureCell): Promise<TestedMixture> {
  const { folder } = mixed.run;
  const test = cellTest(mixed, cell);
  if (test === undefined) return { test, result: undefined, files: [] };
  const name = nameOf(cell);
  const kept = join(manifestFolder(folder.path, folder.stage), 'results', name);
  const { outputs } = await doMixedUnit(mixed, mixtureUnit(mixed, cell, test, { name, kept }));
  const result = await readResult(kept);
  if (result === undefined)
    throw new RunError(`The record ${kept} is damaged; delete it and run the stage compare again.`);
  return { test, result, files: outputs.filter((path) => path !== kept) };
}

/** Letters and digits: part of the names of its maps. */
function nameOf({ dataSet, number, draw, model }: MixtureCell): string {
  const kind = dataSet.id === 'full' ? 'Alone' : `${model[0].toUpperCase()}${model.slice(1)}`;
  return `${dataSet.id}Mix${number}${kind}${draw === 0 ? '' : `Draw${draw + 1}`}`;
}

function cellTest(
  { plan, run }: MixedRun,
  { mixture, draw, dataSet, model }: MixtureCell,
): MixedTest | undefined {
  const isImputed = mixture.draws[draw];
  if (dataSet.id !== 'full') {
    const operators = usesFolds(dataSet) ? run.study.folds : undefined;
    return mixedTest({ ...plan.people, isImputed, operators }, model);
  }
  const { labels, strata, covariates } = plan.people;
  const people = Int32Array.from(labels.keys()).filter((person) => isImputed[person] === 0);
  const own = Uint8Array.from(people, (person) => labels[person]);
  // One group alone is no comparison.
  if (new Set(own).size < 2) return undefined;
  const alone = mixedTest(
    {
      labels: own,
      isImputed: new Uint8Array(people.length),
      strata: strata && people.map((person) => strata[person]),
      covariates: covariates?.map(({ name, values }) => ({
        name,
        values: Array.from(people, (person) => values[person]),
      })),
    },
    model,
  );
  return alone && ofMembers(alone, people);
}

/** Maps that were made elsewhere may be called anything. */
function usesFolds({ method, every }: DataSet): boolean {
  return every !== undefined && usesOperator(method);
}

function mixtureUnit(
  mixed: MixedRun,
  cell: MixtureCell,
  test: MixedTest,
  { name, kept }: { readonly name: string; readonly kept: string },
): Unit<readonly string[]> {
  const { run, work, values, inputsOf } = mixed;
  const { folder, mask, config } = run;
  const { dataSet, mixture, draw, model } = cell;
  const isAlone = dataSet.id === 'full';
  return {
    name: ['mixture', name],
    kind: 'mixture',
    what: `${mixture.name}, ${isAlone ? 'full scans alone' : `${dataSet.name}, ${model}`}`,
    inputs: async () => ({
      ...(await inputsOf(dataSet)),
      mixture: mixture.name,
      isImputed: fingerprint([...mixture.draws[draw]]),
      model,
      variance: test.design.variance,
      permutations: config.permutations,
      seed: config.seed,
      alpha: config.alpha,
      outside: config.outside,
    }),
    async run({ onProgress }) {
      const pair = await values.pairWith(dataSet);
      const started = performance.now();
      const tested = await testMixture(pair, test, {
        relabelings: { permutations: config.permutations, seed: config.seed },
        alpha: config.alpha,
        threads: config.jobs,
        signal: work.signal,
        onProgress: ({ stage, share }) =>
          onProgress(stage === 'standardise' ? 0.2 * share : 0.2 + 0.8 * share),
      });
      const seconds = Math.round((performance.now() - started) / 10) / 100;
      const result = twoSided(tested, mask, { seconds });
      const outputs =
        draw > 0
          ? []
          : await writeMaps(result, {
              place: (file) => folder.draft('group', file),
              dataSet: name,
              mask,
              outside: config.outside,
              about: aboutMixture(mixed, cell, test, result),
            });
      await writeResult(kept, result);
      const places = outputs.map((path) => folder.manifest.results.placeOf(path));
      return { row: places.map((path) => relativePath(folder.path, path)), outputs: [...places, kept] };
    },
  };
}

/** What sidecars say of the test. */
function aboutMixture(
  { plan, run: { study, config, mask } }: MixedRun,
  { mixture, model, dataSet }: MixtureCell,
  { people, usesImputed, design, kinds }: MixedTest,
  { permutations, isExact }: TwoSidedResult,
): Record<string, unknown> {
  const ids = (wanted: number): string[] =>
    Array.from(people).flatMap((person, index) =>
      usesImputed[index] === wanted ? [plan.subjects[person].id] : [],
    );
  return {
    Groups: study.groups,
    Mixture: mixture.name,
    Model: dataSet.id === 'full' ? 'full scans alone' : model,
    Kinds: kinds,
    Variance: design.variance ?? 'pooled',
    SubjectsFull: ids(0),
    SubjectsImputed: ids(1),
    ...(plan.people.strata !== undefined && { ExchangeabilityBlocks: config.blocks }),
    ...(config.covariates.length > 0 && { Covariates: config.covariates }),
    Permutations: permutations,
    Exact: isExact,
    Seed: config.seed,
    SmoothingFWHM: config.smooth,
    Normalisation: config.normalise,
    Mask: mask.description,
  };
}
