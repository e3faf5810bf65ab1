import { compareDetections, type VoxelSet } from '@oinr/agreement';
import { type ModelName, modelNames } from '@oinr/mixture';
import { significantCount } from '@oinr/statistics';
import type { CellValue, Table } from '@oinr/tables';
import { tableOf } from '@oinr/tables';
import type { TwoSidedResult } from '@oinr/ttest';
import type { Criterion, UncorrectedCriterion } from '../criteria.ts';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import type { MixedRun } from './mixedRun.ts';
import { type MixtureCell, type TestedMixture, testOneMixture } from './mixtureTest.ts';
import type { Mixture } from './plan.ts';

const columns = [
  'design',
  'method',
  'missing_percent',
  'k',
  'draw',
  'model',
  'valid',
  'criterion',
  'smooth_mm',
  'subjects_full',
  'subjects_imputed',
  'left_out',
  'kinds',
  'variance',
  'degrees_of_freedom',
  'permutations',
  'voxels_tested',
  'voxels_found',
  'significant_fwe',
  'true_found',
  'false_discovery_rate',
  'dice',
  'note',
] as const;

/** Whether a design and model keep the stated level of false positives. */
type Validity = 'yes' | 'no' | 'about';

/** How everybody was tested in the main comparison, full and imputed. */
export interface WholeTests {
  readonly criterion: UncorrectedCriterion;
  /** By the id of the data set. */
  readonly results: ReadonlyMap<string, TwoSidedResult>;
}

/** tables/mixtures.tsv, and the files of the maps: every mixture, beside everybody full, the full scans alone, everybody imputed. */
export async function mixturesTable(
  mixed: MixedRun,
  whole: WholeTests,
  onTested: (seconds: number) => void,
): Promise<{ readonly table: Table; readonly files: readonly string[] }> {
  const { plan, full } = mixed;
  const files: string[] = [];
  // Where some people have no full scan, nobody knows what all full ones would show.
  const hasTruth = mixed.run.study.thin === undefined;
  const rows: Record<string, CellValue>[] = hasTruth ? [wholeRow(mixed, whole, full)] : [];
  const row = async (cell: MixtureCell): Promise<void> => {
    mixed.work.signal.throwIfAborted();
    const began = performance.now();
    const tested = await testOneMixture(mixed, cell);
    files.push(...tested.files);
    rows.push(mixtureRow(mixed, whole, cell, tested));
    onTested((performance.now() - began) / 1000);
  };
  for (const [index, mixture] of plan.mixtures.entries())
    for (let draw = 0; draw < mixture.draws.length; draw += 1)
      await row({ mixture, number: index + 1, draw, dataSet: full, model: 'naive' });
  for (const dataSet of plan.dataSets) {
    if (hasTruth) rows.push(wholeRow(mixed, whole, dataSet));
    for (const [index, mixture] of plan.mixtures.entries())
      for (let draw = 0; draw < mixture.draws.length; draw += 1)
        for (const model of modelNames) await row({ mixture, number: index + 1, draw, dataSet, model });
  }
  return { table: tableOf(columns, rows), files };
}

/** How many tests `mixturesTable` makes. */
export function mixtureTestCount({
  mixtures,
  dataSets,
}: Pick<MixedRun['plan'], 'mixtures' | 'dataSets'>): number {
  const draws = mixtures.reduce((sum, mixture) => sum + mixture.draws.length, 0);
  return draws * (1 + dataSets.length * modelNames.length);
}

/** Everybody full, or everybody imputed. */
function wholeRow(mixed: MixedRun, whole: WholeTests, dataSet: DataSet): Record<string, CellValue> {
  const result = whole.results.get(dataSet.id);
  if (result === undefined) throw new TypeError(`The data set ${dataSet.id} was not tested.`);
  const people = mixed.plan.people.labels.length;
  const isFull = dataSet.id === 'full';
  return {
    ...about(mixed, whole, isFull ? 'all full' : 'all imputed', dataSet),
    model: 'naive',
    valid: 'yes',
    subjects_full: isFull ? people : 0,
    subjects_imputed: isFull ? 0 : people,
    left_out: 0,
    kinds: 1,
    variance: 'pooled',
    ...found(mixed, whole, result),
  };
}

function mixtureRow(
  mixed: MixedRun,
  whole: WholeTests,
  { mixture, draw, dataSet, model }: MixtureCell,
  { test, result }: TestedMixture,
): Record<string, CellValue> {
  const isAlone = dataSet.id === 'full';
  const imputed = test?.usesImputed.reduce((sum, one) => sum + one, 0);
  const [valid, note] = isAlone
    ? (['yes', undefined] as const)
    : validity(mixed.plan.people.labels, mixture, draw, model, test?.kinds);
  const refusal = isAlone
    ? 'Not tested: the full scans are all of one group.'
    : 'Not tested: resolution and group cannot be told apart. Equalise: thin and impute the full scans like the others.';
  return {
    ...about(mixed, whole, isAlone ? `${mixture.name}, full scans alone` : mixture.name, dataSet),
    draw: draw + 1,
    model,
    valid: test === undefined ? 'no' : valid,
    subjects_full: test && imputed !== undefined ? test.people.length - imputed : undefined,
    subjects_imputed: imputed,
    left_out: test?.leftOut,
    kinds: test?.kinds,
    variance: test && (test.design.variance ?? 'pooled'),
    ...(result === undefined ? {} : found(mixed, whole, result)),
    note: test === undefined ? refusal : note,
  };
}

function about(
  { run }: MixedRun,
  { criterion }: WholeTests,
  design: string,
  dataSet: DataSet,
): Record<string, CellValue> {
  return { design, ...aboutDataSet(dataSet), criterion: criterion.name, smooth_mm: run.config.smooth };
}

function found(
  { truth, run }: MixedRun,
  { criterion, results }: WholeTests,
  result: TwoSidedResult,
): Record<string, CellValue> {
  const set = setOf(criterion, result);
  // Of everybody, where everybody has one.
  const full = run.study.thin === undefined ? results.get('full') : undefined;
  const true_ = truth && compareDetections(truth.effect, set, truth.decided);
  const limit = significantCount(run.config.alpha, result.permutations);
  return {
    degrees_of_freedom: result.degreesOfFreedom,
    permutations: result.permutations,
    voxels_tested: result.testedVoxels,
    voxels_found: sum(set),
    significant_fwe: result.familyWise.filter((count) => count > 0 && count <= limit).length,
    true_found: true_?.sensitivity,
    false_discovery_rate: true_?.falseDiscoveryRate,
    dice: full && compareDetections(setOf(criterion, full), set).dice,
  };
}

/** The voxels that a criterion of voxels calls significant. */
function setOf({ significant }: Criterion, result: TwoSidedResult): VoxelSet {
  return significant({ result, largestExtents: new Float64Array(), clusters: [] });
}

/** Whether differences between scans can pass for differences between groups, with the reason. */
function validity(
  labels: Uint8Array,
  { draws }: Mixture,
  draw: number,
  model: ModelName,
  kinds: number | undefined,
): readonly [Validity, string | undefined] {
  const isImputed = draws[draw];
  const share = (label: number): number => {
    const own = isImputed.filter((_, person) => labels[person] === label);
    return sum(own) / own.length;
  };
  const differs = Math.abs(share(1) - share(0)) * labels.length >= 2;
  if (model === 'equalised')
    return [
      'yes',
      kinds === 1
        ? 'One kind: who has few slices is the group, and only scanners can still differ.'
        : undefined,
    ];
  if (model === 'kinds') return ['yes', undefined];
  if (model === 'covariate')
    return ['no', 'For comparison only: not valid where variances and sizes of kinds differ.'];
  return differs
    ? [
        'no',
        'The groups hold different shares of imputed scans, which passes for a difference of the groups.',
      ]
    : ['about', 'Both groups hold the same share of imputed scans; that scans differ is noise here.'];
}

function sum(values: Uint8Array): number {
  return values.reduce((total, value) => total + value, 0);
}
