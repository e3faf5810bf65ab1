import { stat } from 'node:fs/promises';
import { writeVolume } from '@oinr/nifti';
import {
  type Fingerprinted,
  fingerprint,
  type Progress,
  relativePath,
  sourceName,
  writeJson,
} from '@oinr/run';
import { missingPercent } from '@oinr/slices';
import { type CellValue, parseNumber, readTsv, showTable, type Table, tableOf, writeTsv } from '@oinr/tables';
import {
  agreementColumns,
  agreementOf,
  agreementRecords,
  attenuationColumns,
  attenuationRecords,
} from './agreementTables.ts';
import { biasTable } from './bias.ts';
import { criteria, decisiveCriterion } from './criteria.ts';
import { dataSetRecord } from './dataSetRecord.ts';
import type { DataSet } from './dataSets.ts';
import { type NullColumn, nullTable } from './nullTable.ts';
import { peakColumns, peakRecords, peaksOf, type TablePeak } from './peaks.ts';
import type { CompareRun } from './stage.ts';
import { readMap, type StatisticMaps, toVolume, writeMaps } from './statisticMaps.ts';
import { type TestNumbers, testDataSet } from './testDataSet.ts';
import { readTruth, truthColumns, truthRecord } from './truth.ts';
import { type Reached, verdictTable } from './verdict.ts';

type Records = Record<string, CellValue>[];

/** Tests every data set, writes maps and tables, and returns what the terminal shows. */
export async function compareStudy(
  run: CompareRun,
  progress: Progress,
  signal: AbortSignal,
  code: string,
): Promise<string> {
  const { study, mask, folder, options, source } = run;
  // The truth lies on the scans' own grid.
  const truth = study.space === undefined ? await readTruth(source.root, mask) : undefined;
  const levels = criteria(options.alpha);
  const datasets: Records = [];
  const agreement: Records = [];
  const attenuation: Records = [];
  const truths: Records = [];
  const peaks: Records = [];
  const reached: Reached[] = [];
  const maxima: NullColumn[] = [];
  const extents: NullColumn[] = [];
  let full: StatisticMaps | undefined;
  let fullPeaks: readonly TablePeak[] = [];
  let decisive: 0 | 1 = 0;

  for (const dataSet of study.dataSets) {
    signal.throwIfAborted();
    const started = performance.now();
    const numbers = await tested(run, dataSet, progress, signal, code);
    // Always read back, so that a resumed run makes its tables from the same bytes as an uninterrupted one.
    const maps: StatisticMaps = {
      t: await readMap(folder.path, dataSet.id, 't', mask),
      pUncorrected: await readMap(folder.path, dataSet.id, 'pUncorrected', mask),
      pFamilyWise: await readMap(folder.path, dataSet.id, 'pFamilyWise', mask),
    };
    const about = {
      method: dataSet.method,
      missing_percent: dataSet.every === 1 ? 0 : missingPercent(dataSet.every),
      k: dataSet.every,
    };
    const sets = levels.map(({ name, significant }) => ({
      name,
      set: significant(maps, numbers.permutations),
    }));
    if (full === undefined) decisive = decisiveCriterion(numbers.smallestP);
    datasets.push(dataSetRecord(run, dataSet, numbers, sets, decisive));
    maxima.push({ id: dataSet.id, values: numbers.maxima });
    extents.push({ id: dataSet.id, values: numbers.largestExtents.map(String) });
    if (truth !== undefined)
      for (const { name, set } of sets) truths.push(truthRecord({ ...about, criterion: name }, set, truth));
    const own = peaksOf(maps, mask, numbers.degreesOfFreedom, numbers.largestExtents);
    const pattern = study.patterns.get(dataSet.every);
    if (full === undefined) {
      full = maps;
      fullPeaks = own;
    } else if (pattern !== undefined) {
      const found = agreementOf(full, maps, mask, pattern, levels, numbers.permutations);
      agreement.push(...agreementRecords(about, found));
      attenuation.push(...attenuationRecords(about, found));
      const { spacing } = pattern;
      peaks.push(...peakRecords(about, fullPeaks, own, spacing));
      const all = found[0].detections[decisive].found;
      reached.push({
        method: dataSet.method,
        missingPercent: missingPercent(dataSet.every),
        every: dataSet.every,
        spacing,
        fullVoxels: all.reference,
        dice: all.dice,
        sensitivity: all.sensitivity,
        falseDiscoveryRate: all.falseDiscoveryRate,
        slope: found[0].attenuation.slope,
        correlation: found[0].attenuation.correlation,
      });
    }
    progress.unitDone('comparison', (performance.now() - started) / 1000);
  }

  const verdict = verdictTable(reached, levels[decisive].name);
  const write = (name: string, table: Table): Promise<void> =>
    writeTsv(folder.file('tables', `${name}.tsv`), table);
  await write('datasets', tableOf(Object.keys(datasets[0] ?? {}), datasets));
  await write('agreement', tableOf(agreementColumns, agreement));
  await write('attenuation', tableOf(attenuationColumns, attenuation));
  await write('peaks', tableOf(peakColumns, peaks));
  if (truth !== undefined) await write('truth', tableOf(truthColumns, truths));
  const mse = await readTsv(folder.file('tables', 'mse.tsv'));
  await write(
    'bias',
    biasTable(
      mse,
      study.groups,
      study.subjects.map(({ id }) => id),
    ),
  );
  await write('max_null', nullTable(maxima));
  await write('extent_null', nullTable(extents));
  // The verdict comes last: where it stands, the other tables stand as well.
  await write('verdict', verdict);
  const numbers = ['dice', 'sensitivity', 'false_discovery_rate', 'slope'];
  const rounded = verdict.rows.map((row) => ({
    ...row,
    ...Object.fromEntries(numbers.map((name) => [name, parseNumber(row[name])?.toFixed(3) ?? 'n/a'])),
  }));
  const table = await showTable({
    columns: ['method', 'missing_percent', ...numbers, 'rank', 'usable'],
    rows: rounded,
  });
  return `Agreement with the full data, ${levels[decisive].name}, all voxels tested\n${table}`;
}

/** The numbers of one data set: from the manifest when nothing changed, else by testing it and writing its maps. */
async function tested(
  { study, mask, folder, options, source }: CompareRun,
  dataSet: DataSet,
  progress: Progress,
  signal: AbortSignal,
  code: string,
): Promise<TestNumbers> {
  const unit = ['comparison', dataSet.id];
  const key = fingerprint({
    inputs: await fileStates(dataSet.paths, source.root),
    subjects: study.subjects.map(({ id, group }) => `${id} ${group}`),
    groups: study.groups,
    mask: fingerprint([...mask.indices]),
    permutations: options.permutations,
    seed: options.seed,
    smooth: options.smooth,
    normalise: options.normalise,
    alpha: options.alpha,
    code,
  });
  const earlier = await folder.manifest.finished<TestNumbers>(unit, key);
  if (earlier !== undefined) return earlier;
  const mean = new Float64Array(mask.indices.length);
  const { maps, numbers } = await testDataSet({
    dataSet,
    study,
    mask,
    preparation: { smooth: options.smooth, normalise: options.normalise },
    permutations: options.permutations,
    seed: options.seed,
    alpha: options.alpha,
    threads: options.jobs,
    signal,
    onProgress: (share) => progress.update(1, { subject: 'group', method: dataSet.name, share }),
    onVolume: (values) => {
      for (let voxel = 0; voxel < mean.length; voxel += 1)
        mean[voxel] += values[voxel] / study.subjects.length;
    },
  });
  const about = {
    Groups: study.groups,
    Subjects: study.subjects.map(({ id }) => id),
    Permutations: numbers.permutations,
    Exact: numbers.exact,
    Seed: options.seed,
    SmoothingFWHM: options.smooth,
    Normalisation: options.normalise,
    Mask: mask.description,
    CriticalT: numbers.criticalT,
    Sources: dataSet.paths.map((path) =>
      dataSet.id === 'full' && study.space === undefined
        ? `bids:source:${sourceName(source.root, path)}`
        : relativePath(folder.path, path),
    ),
  };
  const outputs = await writeMaps(folder.path, dataSet.id, maps, mask, about);
  if (dataSet.id === 'full') {
    const path = folder.file('group', 'desc-fullMean_T1w.nii.gz');
    const volume = toVolume(mean, mask);
    await writeVolume(
      path,
      { grid: volume.grid, data: volume.data.map((value) => (Number.isNaN(value) ? 0 : value)) },
      { space: 'aligned', description: 'Mean of the full data of all subjects' },
    );
    const sidecar = folder.file('group', 'desc-fullMean_T1w.json');
    await writeJson(sidecar, {
      Description:
        'Mean of the full data of all subjects after smoothing and normalisation; 0 outside the analysis mask',
      ...about,
    });
    outputs.push(path, sidecar);
  }
  await folder.manifest.record(unit, key, outputs, numbers);
  return numbers;
}

async function fileStates(paths: readonly string[], root: string): Promise<Fingerprinted> {
  const states: string[] = [];
  for (const path of paths) {
    const found = await stat(path, { bigint: true });
    states.push(`${relativePath(root, path)} ${found.size} ${found.mtimeNs}`);
  }
  return states;
}
