import { errorCurves } from '@oinr/figures';
import { parseTsv } from '@oinr/tables';
import type { TwoSidedResult } from '@oinr/ttest';
import test from 'ava';
import { missingVoxels } from '../src/compare/agreementTables.ts';
import { biasTable } from '../src/compare/bias.ts';
import { compareConfig } from '../src/compare/config.ts';
import { criteria, decisiveCriterion } from '../src/compare/criteria.ts';
import { truthRecord } from '../src/compare/truth.ts';
import { type Reached, verdictTable } from '../src/compare/verdict.ts';
import { parseCommandLine } from '../src/config/commandLine.ts';
import { partOf } from '../src/config/stageConfig.ts';
import { reportConfig } from '../src/figures/config.ts';
import { table3Table } from '../src/figures/paperTable3.ts';
import { firstMethods, methodColors } from '../src/simulate/methods.ts';
import { studyConfig } from '../src/study.ts';

test('a p of exactly 0.01 is not below 0.01, one of exactly alpha is significant, and voxels without a test are not', (t) => {
  const [strict, loose, familyWise] = criteria(0.05).voxels;
  const result = {
    t: new Float32Array(5),
    permutations: 10_000,
    uncorrected: Uint32Array.of(100, 99, 10, 9, 0),
    familyWise: Uint32Array.of(500, 501, 499, 10_000, 0),
  };
  const tested = {
    result: result as unknown as TwoSidedResult,
    largestExtents: new Float64Array(),
    clusters: [],
  };
  t.deepEqual([...loose.significant(tested)], [0, 1, 1, 1, 0]);
  t.deepEqual([...strict.significant(tested)], [0, 0, 0, 1, 0]);
  t.deepEqual([...familyWise.significant(tested)], [1, 0, 1, 0, 0]);
});

test('the verdict uses the strictest level that the relabelings can reach', (t) => {
  t.is(decisiveCriterion(1 / 10_000), 0);
  t.is(decisiveCriterion(2 / 924), 1);
  t.is(decisiveCriterion(0.001), 1);
});

test('voxels of missing slices are found along the stored axis of the slices', (t) => {
  const shape = [2, 4, 3] as const;
  const indices = Int32Array.from({ length: 24 }, (_, index) => index);
  const mask = { shape, indices };
  const alongY = missingVoxels(mask, { axis: 1, kept: [0, 2] });
  t.deepEqual([...alongY.subarray(0, 8)], [0, 0, 1, 1, 0, 0, 1, 1]);
  const alongZ = missingVoxels(mask, { axis: 2, kept: [0, 2] });
  t.deepEqual([...alongZ], [...new Array(8).fill(0), ...new Array(8).fill(1), ...new Array(8).fill(0)]);
  const part = missingVoxels({ ...mask, indices: Int32Array.of(1, 3, 9) }, { axis: 0, kept: [1] });
  t.deepEqual([...part], [0, 0, 0]);
});

const reached = (method: string, dice: number | undefined, slope: number, fullVoxels = 100): Reached => ({
  method,
  missingPercent: 50,
  every: 2,
  spacing: 4,
  fullVoxels,
  dice,
  sensitivity: dice,
  oneMinusPrecision: dice === undefined ? undefined : 1 - dice,
  slope,
  correlation: 0.9,
});

test('methods rank by Dice, then by how near the slope is to one; the rule decides what is usable', (t) => {
  const { rows } = verdictTable(
    [reached('a', 0.85, 0.7), reached('b', 0.85, 1.1), reached('c', 0.79, 1)],
    'p < 0.001',
  );
  t.deepEqual(
    rows.map((row) => row.rank),
    ['2', '1', '3'],
  );
  t.deepEqual(
    rows.map((row) => row.usable),
    ['yes', 'yes', 'no'],
  );
});

test('where the full data show nothing, nobody is ranked and nothing is called usable', (t) => {
  const { rows } = verdictTable([reached('a', undefined, 0.7, 0), reached('b', 0, 1, 0)], 'p < 0.001');
  t.deepEqual(
    rows.map((row) => [row.rank, row.usable]),
    [
      ['n/a', 'n/a'],
      ['n/a', 'n/a'],
    ],
  );
});

test('against the truth, voxels whose effect is small count neither way', (t) => {
  const truth = {
    effect: Uint8Array.of(1, 1, 0, 0, 0, 0),
    decided: Uint8Array.of(1, 1, 0, 1, 1, 1),
    difference: Float32Array.of(9, 9, 1, 0, 0, 0),
    leastEffect: 0.02,
  };
  const record = truthRecord({ method: 'full' }, Uint8Array.of(1, 0, 1, 1, 0, 0), truth);
  t.is(record.sensitivity, 0.5);
  t.is(record.type_one_error, 1 / 3);
  t.is(record.one_minus_precision, 0.5);
  t.is(record.silent_voxels, 3);
});

test('bias: means per group, only subjects that were compared, and an interval that holds the difference', (t) => {
  const lines = [
    ['sub-a', 'CN', '1'],
    ['sub-b', 'CN', '3'],
    ['sub-c', 'AD', '5'],
    ['sub-d', 'AD', '8'],
    ['sub-e', 'AD', '900'],
  ].map(([id, group, bias]) => `${id}\t${group}\tlinear\t2\t50\t${bias}`);
  const mse = parseTsv(
    `participant_id\tgroup\tmethod\tk\tmissing_percent\tbias_missing_mask\n${lines.join('\n')}\n`,
    'mse.tsv',
  );
  const [row] = biasTable(mse, ['CN', 'AD'], ['a', 'b', 'c', 'd']).rows;
  t.deepEqual([row.mean_first, row.mean_second, row.difference, row.n_second], ['2', '6.5', '-4.5', '2']);
  // scipy.stats.t.ppf(0.975, 1.7422680412371134) * sqrt(3.25) below the difference (SciPy 1.10).
  t.true(Math.abs(Number(row.ci_low) + 13.467061769549778) < 1e-5, row.ci_low);
});

test('Table 3 keeps the five rows of the paper and adds other percentages of the run', (t) => {
  const summary = parseTsv(
    'method\tk\tmissing_percent\tmse_volume_mean\tmse_missing_mean\nlinear\t2\t50\t1e-4\t2e-4\nlinear\t8\t87\t3e-3\t4e-3\n',
    'summary.tsv',
  );
  const { rows } = table3Table(summary);
  t.deepEqual(
    rows.map((row) => row.missing_percent),
    ['50', '66', '75', '80', '82', '87'],
  );
  t.deepEqual(
    [rows[0].paper_test_mse, rows[0].volume_mse_linear, rows[0].missing_mse_linear],
    ['0.000083', '1e-4', '2e-4'],
  );
  t.deepEqual([rows[1].volume_mse_linear, rows[5].paper_test_mse], ['n/a', 'n/a']);
});

test('study hands every stage the values that it knows', (t) => {
  const line = '--cohort bids --missing 50 66 --show-subjects --run=two --smooth 4';
  const config = parseCommandLine(studyConfig, line.split(' '));
  const { out, ...part } = partOf(reportConfig, config);
  t.deepEqual(part, { cohort: 'bids', run: 'two', showSubjects: true });
  t.is(out, config.out);
  t.deepEqual(config.k, [2, 3]);
});

test('options of compare: two groups, a sensible alpha', (t) => {
  const read = (words: readonly string[]) => parseCommandLine(compareConfig, words);
  t.throws(() => read(['--groups', 'CN']), { message: /two different names/ });
  t.throws(() => read(['--groups', 'CN', 'MCI', 'AD']), { message: /two different names/ });
  t.throws(() => read(['--alpha', '1.5']), { message: /between 0 and 1/ });
  t.deepEqual(read(['--groups', 'CN', 'AD']).groups, ['CN', 'AD']);
  t.is(read([]).permutations, 10_000);
});

test('in figures the methods of a first look differ in colour and symbol, whatever is drawn with them', (t) => {
  const svg = (method: string): string =>
    errorCurves({
      title: '',
      description: '',
      measure: '',
      rows: [{ method, missingPercent: 50, mse: 0.1 }],
      colors: methodColors,
    });
  const names = [...firstMethods, 'nearest'];
  t.is(new Set(names.map((name) => methodColors[name])).size, names.length);
  t.true(svg('pchip').includes(String(methodColors.pchip)));
});
