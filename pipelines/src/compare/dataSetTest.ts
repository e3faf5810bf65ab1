import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { testMixture } from '@oinr/mixture';
import { NiftiError, writeVolume } from '@oinr/nifti';
import {
  doUnit,
  type Fingerprinted,
  fingerprint,
  manifestFolder,
  type Progress,
  RunError,
  relativePath,
  sourceName,
  type Unit,
  type UnitJob,
  writeJson,
} from '@oinr/run';
import { criticalValue } from '@oinr/statistics';
import { mapVolume, readResult, type TwoSidedResult, twoSided, writeResult } from '@oinr/ttest';
import { derivativesFolder } from '../simulate/derivativeNames.ts';
import { generatedBy } from '../toolVersion.ts';
import { tfceOf } from './choices.ts';
import type { CompareRun } from './compareRun.ts';
import type { DataSet } from './dataSets.ts';
import type { Prepared, PreparedPair, PreparedValues } from './preparedValues.ts';
import { writeMaps } from './statisticMaps.ts';
import { extentCounts, type Tested, withClusters } from './tested.ts';

/** What a test needs beside the run. */
export interface TestWork {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Hash of the code that computes. */
  readonly code: string;
}

/**
 * The test of one data set with its maps, made where nothing like it was made before. It is always read back from its
 * record, where results are kept as they were counted, so that a resumed run makes the tables of an uninterrupted one.
 *
 * @throws RunError where the record is damaged.
 */
export async function testDataSet(
  run: CompareRun,
  dataSet: DataSet,
  work: TestWork,
  values: PreparedValues,
): Promise<{ readonly tested: Tested; readonly files: readonly string[] }> {
  const { folder, mask, forming } = run;
  const kept = join(manifestFolder(folder.path, folder.stage), 'results', dataSet.id);
  const { outputs } = await doUnit(testUnit(run, dataSet, work, values, kept), {
    manifest: folder.manifest,
    code: work.code,
    signal: work.signal,
    onActivity: (what, share) => work.progress.update(1, { subject: 'group', method: what, share }),
    note: (text) => folder.log.write(text),
  });
  const result = await readResult(kept);
  if (result === undefined)
    throw new RunError(`The record ${kept} is damaged; delete it and run the stage compare again.`);
  return { tested: withClusters(result, mask, forming), files: outputs.filter((path) => path !== kept) };
}

/** Its row are the files of its maps, below the run folder. `kept`: the file of the result. */
function testUnit(
  run: CompareRun,
  dataSet: DataSet,
  work: TestWork,
  values: PreparedValues,
  kept: string,
): Unit<readonly string[]> {
  const { study, mask, forming, folder, config, source } = run;
  const { design } = study;
  return {
    name: ['comparison', dataSet.id],
    kind: 'comparison',
    what: dataSet.name,
    inputs: async () => ({
      images: await fileStates(dataSet.paths, source.cohort.root),
      subjects: study.subjects.map(({ id, group }) => `${id} ${group}`),
      groups: study.groups,
      covariates: design.covariates?.map(({ name, values }) => [name, ...Array.from(values)]),
      blocks: design.blocks && Array.from(design.blocks),
      mask: fingerprint([...mask.indices]),
      permutations: config.permutations,
      seed: config.seed,
      smooth: config.smooth,
      normalise: config.normalise,
      alpha: config.alpha,
      clusters: [forming.threshold, forming.connectivity, config.clusterThreshold !== undefined],
      tfce: tfceOf(config) && [tfceOf(config)?.step],
      outside: config.outside,
    }),
    async run({ onProgress }) {
      const pair = await readOrAdvise(run, dataSet, values, { signal: work.signal, onProgress });
      const result = await test(run, dataSet, pair, { signal: work.signal, onProgress });
      const about = aboutTest(run, dataSet, result);
      const outputs = await writeMaps(result, {
        place: (name) => folder.draft('group', name),
        dataSet: dataSet.id,
        mask,
        extents:
          config.clusterThreshold === undefined
            ? undefined
            : extentCounts(withClusters(result, mask, forming)),
        outside: config.outside,
        about,
      });
      if (dataSet.id === 'full') outputs.push(...(await writeMean(run, pair.full, about)));
      await writeResult(kept, result);
      const places = outputs.map((path) => folder.manifest.results.placeOf(path));
      return { row: places.map((path) => relativePath(folder.path, path)), outputs: [...places, kept] };
    },
  };
}

/** Reads the volumes, half of the progress; where an imputed one cannot be read, says what to do about that. */
async function readOrAdvise(
  { source }: CompareRun,
  dataSet: DataSet,
  values: PreparedValues,
  { signal, onProgress }: Pick<UnitJob, 'signal' | 'onProgress'>,
): Promise<PreparedPair> {
  try {
    return await values.pairWith(dataSet, (share) => onProgress(share / 2));
  } catch (error) {
    const isImputed =
      dataSet.id !== 'full' && dataSet.every !== undefined && source.cohort.subjects.length > 0;
    if (!isImputed || signal.aborted || !(error instanceof NiftiError)) throw error;
    throw new RunError(
      `${error.message} It is a result of the stage impute: run that again, it makes anew what is missing or damaged.`,
      { cause: error },
    );
  }
}

/** The other half of the progress. */
async function test(
  { study, mask, forming, config }: CompareRun,
  { id }: DataSet,
  pair: PreparedPair,
  { signal, onProgress }: Pick<UnitJob, 'signal' | 'onProgress'>,
): Promise<TwoSidedResult> {
  const started = performance.now();
  const people = Int32Array.from(study.subjects.keys());
  const usesImputed = new Uint8Array(people.length).fill(id === 'full' ? 0 : 1);
  const result = await testMixture(
    pair,
    { people, usesImputed, design: study.design },
    {
      relabelings: { permutations: config.permutations, seed: config.seed },
      alpha: config.alpha,
      grid: mask,
      clusters: forming,
      tfce: tfceOf(config),
      threads: config.jobs,
      signal,
      onProgress: ({ share }) => onProgress(0.5 + share / 2),
    },
  );
  const seconds = Math.round((performance.now() - started) / 10) / 100;
  return twoSided(result, mask, { seconds, step: tfceOf(config)?.step });
}

/** What sidecars say of a test. */
function aboutTest(
  { study, mask, folder, config }: CompareRun,
  { paths, origin }: DataSet,
  { permutations, isExact, maxima }: TwoSidedResult,
): Record<string, unknown> {
  return {
    Groups: study.groups,
    Subjects: study.subjects.map(({ id }) => id),
    ...(config.covariates.length > 0 && { Covariates: config.covariates }),
    ...(config.blocks !== undefined && { ExchangeabilityBlocks: config.blocks }),
    Permutations: permutations,
    Exact: isExact,
    Seed: config.seed,
    SmoothingFWHM: config.smooth,
    Normalisation: config.normalise,
    Mask: mask.description,
    Alpha: config.alpha,
    CriticalT: finiteOr(criticalValue(maxima, config.alpha), null),
    ...(config.clusterThreshold !== undefined && {
      ClusterThreshold: { [config.clusterThreshold.kind]: config.clusterThreshold.value },
      Connectivity: config.connectivity,
    }),
    ...(tfceOf(config) !== undefined && { TFCEStep: tfceOf(config)?.step ?? 'exact' }),
    Sources: paths.map((path) =>
      origin === undefined
        ? `bids:oinr:${relativePath(derivativesFolder(folder.path), path)}`
        : `${origin.name}${sourceName(origin.folder, path)}`,
    ),
  };
}

/** JSON has no infinity: the critical T where so few relabelings are that nothing can be significant. */
const finiteOr = <Else>(value: number, otherwise: Else): number | Else =>
  Number.isFinite(value) ? value : otherwise;

/** Writes the mean of the full data, 0 outside the mask, and its sidecar; returns the paths. */
async function writeMean(
  { folder, mask, study }: CompareRun,
  { rows, voxels }: Prepared,
  about: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const path = folder.draft('group', 'desc-fullMean_T1w.nii.gz');
  const mean = new Float64Array(voxels);
  for (const row of rows)
    for (let voxel = 0; voxel < voxels; voxel += 1) mean[voxel] += row[voxel] / study.subjects.length;
  const shown = mean.map((value) => (Number.isNaN(value) ? 0 : value));
  await writeVolume(path, mapVolume(shown, mask, 0), {
    space: mask.coordinates ?? 'aligned',
    description: 'Mean of the full data of all subjects',
  });
  const sidecar = folder.draft('group', 'desc-fullMean_T1w.json');
  await writeJson(sidecar, {
    Description:
      'Mean of the full data of all subjects after smoothing and normalisation; 0 outside the analysis mask',
    ...about,
    GeneratedBy: generatedBy,
  });
  return [path, sidecar];
}

/** What tells that files are still those that were read, without reading them again. */
export async function fileStates(paths: readonly string[], root: string): Promise<Fingerprinted> {
  const states: string[] = [];
  for (const path of paths) {
    const found = await stat(path, { bigint: true });
    states.push(`${relativePath(root, path)} ${found.size} ${found.mtimeNs}`);
  }
  return states;
}
