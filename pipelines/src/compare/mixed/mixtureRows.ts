import { compareDetections } from '@oinr/agreement';
import { type MixedTest, type ModelName, mixedTest, modelNames } from '@oinr/mixture';
import type { CellValue, Table } from '@oinr/tables';
import { tableOf } from '@oinr/tables';
import type { TwoSidedResult } from '@oinr/ttest';
import type { UncorrectedCriterion } from '../criteria.ts';
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
  'one_minus_precision',
  'dice',
  'note',
] as const;

/** Whether a design and model keep the stated level of false positives. */
type Validity = 'yes' | 'no' | 'about';

/** How everybody was tested in the main comparison, full and imputed. */
export interface WholeTests {
  /** Strictest first. */
  readonly criteria: readonly UncorrectedCriterion[];
  /** By the id of the data set. */
  readonly results: ReadonlyMap<string, TwoSidedResult>;
}

/** A tested mixture as a row of the table. */
export interface MixtureRow {
  /** By every criterion: which one is that of the table is known when all mixtures are tested. */
  readonly byCriterion: readonly Record<string, CellValue>[];
  /** Of a test whose p is to be believed. */
  readonly smallestP: number | undefined;
  /** Of maps. */
  readonly files: readonly string[];
}

export interface MixtureTables {
  readonly table: Table;
  /** Of all rows. */
  readonly criterion: UncorrectedCriterion;
  /** Whether every valid test has enough relabelings for it. */
  readonly isReached: boolean;
}

/**
 * Tests every mixture with a data set: of the full one, everybody full and the full scans alone; of an imputed one,
 * everybody imputed and the mixtures.
 */
export async function mixtureRows(
  mixed: MixedRun,
  whole: WholeTests,
  dataSet: DataSet,
  onTested: (seconds: number) => void,
): Promise<MixtureRow[]> {
  const rows: MixtureRow[] = [];
  for (const cell of cellsOf(mixed, dataSet)) {
    mixed.work.signal.throwIfAborted();
    const began = performance.now();
    const main = isWhole(cell) && mixed.plan.people.strata === undefined;
    const tested = main ? testedBefore(mixed, whole, cell) : await testOneMixture(mixed, cell);
    rows.push({
      byCriterion: whole.criteria.map((criterion) =>
        mixtureRow(mixed, { ...whole, criterion }, cell, tested),
      ),
      smallestP: isValidModel(cell) ? tested.result?.smallestP : undefined,
      files: tested.files,
    });
    if (!main) onTested((performance.now() - began) / 1000);
  }
  return rows;
}

/**
 * tables/mixtures.tsv: every mixture, beside everybody full, the full scans alone, everybody imputed. The criterion is the
 * strictest that every valid test can reach: few people have few relabelings.
 */
export function mixturesTable(rows: readonly MixtureRow[], { criteria }: WholeTests): MixtureTables {
  const reaches = ({ level }: UncorrectedCriterion): boolean =>
    rows.every(({ smallestP }) => smallestP === undefined || smallestP < level);
  const found = criteria.findIndex(reaches);
  const index = found < 0 ? criteria.length - 1 : found;
  return {
    table: tableOf(
      columns,
      rows.map(({ byCriterion }) => byCriterion[index]),
    ),
    criterion: criteria[index],
    isReached: found >= 0,
  };
}

/** In the order of the table. */
function cellsOf({ plan, full, run }: MixedRun, dataSet: DataSet): MixtureCell[] {
  // With blocks their means are in the model of everything that is compared.
  const base: ModelName = plan.people.strata === undefined ? 'naive' : 'kinds';
  const isFull = dataSet === full;
  const everybody: Mixture = {
    name: isFull ? 'all full' : 'all imputed',
    draws: [new Uint8Array(plan.people.labels.length).fill(isFull ? 0 : 1)],
  };
  const models = isFull ? [base] : modelNames;
  return [
    // Where some people have no full scan, nobody knows what all full ones would show.
    ...(run.study.thin === undefined
      ? [{ mixture: everybody, number: 0, draw: 0, dataSet, model: base }]
      : []),
    ...plan.mixtures.flatMap((mixture, index) =>
      mixture.draws.flatMap((_, draw) =>
        models.map((model) => ({ mixture, number: index + 1, draw, dataSet, model })),
      ),
    ),
  ];
}

/** How many tests `mixtureRows` makes of all data sets. */
export function mixtureTestCount({
  mixtures,
  dataSets,
  people,
}: Pick<MixedRun['plan'], 'mixtures' | 'dataSets' | 'people'>): number {
  const draws = mixtures.reduce((sum, mixture) => sum + mixture.draws.length, 0);
  const whole = draws > 0 && people.strata !== undefined ? 1 + dataSets.length : 0;
  return whole + draws * (1 + dataSets.length * modelNames.length);
}

/** Everybody full, or everybody imputed. */
function isWhole({ number }: MixtureCell): boolean {
  return number === 0;
}

/** Whether a cell's p is to be believed: others are shown for comparison. */
function isValidModel({ dataSet, number, model }: MixtureCell): boolean {
  return number === 0 || dataSet.id === 'full' || model === 'kinds' || model === 'equalised';
}

/** The same test as in the main comparison. */
function testedBefore(
  { plan }: MixedRun,
  { results }: WholeTests,
  { mixture, dataSet }: MixtureCell,
): TestedMixture {
  const test = mixedTest({ ...plan.people, isImputed: mixture.draws[0] }, 'naive');
  return { test, result: results.get(dataSet.id), files: [] };
}

type Judged = WholeTests & { readonly criterion: UncorrectedCriterion };

function mixtureRow(
  mixed: MixedRun,
  whole: Judged,
  cell: MixtureCell,
  { test, result }: TestedMixture,
): Record<string, CellValue> {
  const { mixture, draw, dataSet, model } = cell;
  const isBase = isWhole(cell);
  const isAlone = dataSet.id === 'full' && !isBase;
  const imputed = test?.usesImputed.reduce((sum, one) => sum + one, 0);
  const [valid, note] =
    isAlone || isBase
      ? (['yes', undefined] as const)
      : validity(mixed.plan.people.labels, mixture, draw, model, test);
  const refusal = isAlone
    ? 'Not tested: the full scans are all of one group.'
    : 'Not tested: resolution and group cannot be told apart. Equalise: thin and impute the full scans like the others.';
  return {
    ...about(mixed, whole, isAlone ? `${mixture.name}, full scans alone` : mixture.name, dataSet),
    draw: isBase ? undefined : draw + 1,
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
  { criterion }: Judged,
  design: string,
  dataSet: DataSet,
): Record<string, CellValue> {
  return { design, ...aboutDataSet(dataSet), criterion: criterion.name, smooth_mm: run.config.smooth };
}

function found(
  { truth, run }: MixedRun,
  { criterion, results }: Judged,
  result: TwoSidedResult,
): Record<string, CellValue> {
  const set = criterion.significant({ result });
  const [, , familyWise] = run.levels.voxels;
  // Of everybody, where everybody has one.
  const full = run.study.thin === undefined ? results.get('full') : undefined;
  const true_ = truth && compareDetections(truth.effect, set, truth.decided);
  return {
    degrees_of_freedom: result.degreesOfFreedom,
    permutations: result.permutations,
    voxels_tested: result.testedVoxels,
    voxels_found: sum(set),
    significant_fwe: sum(familyWise.significant({ result })),
    true_found: true_?.sensitivity,
    one_minus_precision: true_?.oneMinusPrecision,
    dice: full && compareDetections(criterion.significant({ result: full }), set).dice,
  };
}

/** Whether differences between scans can pass for differences between groups, with the reason. */
function validity(
  labels: Uint8Array,
  { draws }: Mixture,
  draw: number,
  model: ModelName,
  test: MixedTest | undefined,
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
      test?.isResolutionKind === false
        ? 'Who has few slices is no kind here, since nobody is left out for it: the scanners can still differ.'
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
