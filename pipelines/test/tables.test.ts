import { parseNumber, type Table } from '@oinr/tables';
import test from 'ava';
import type { MeasuredVolume } from '../src/simulate/outcome.ts';
import { methodRemarks } from '../src/simulate/remarks.ts';
import { table3 } from '../src/simulate/table3.ts';
import { failuresTable, mseTable, summaryTable } from '../src/simulate/tables.ts';

function unit(
  subject: string,
  method: string,
  every: number,
  mse: number,
  inMask: number | null,
): MeasuredVolume {
  return {
    subject,
    group: subject < '02' ? 'CN' : 'AD',
    method,
    every,
    firstKept: 0,
    mse_kept: 0,
    mse_missing: mse,
    mse_volume: mse / 2,
    mse_missing_mask: inMask,
    psnr_missing: null,
    ssim_missing: 0.9,
    bias_missing_mask: 0,
    seconds: 1,
    steps: 0,
    engine: 'none',
    scale: 'stored intensity / 99.5th percentile inside the mask (0.98)',
    region: "the cohort's mask",
    remarks: [],
    volume: null,
  };
}

// Mean squared errors: linear wins for sub-01, pchip for sub-02.
const units = [
  unit('02', 'pchip', 2, 0.2, 0.4),
  unit('02', 'linear', 2, 0.3, 0.5),
  unit('01', 'pchip', 2, 0.4, 0.8),
  unit('01', 'linear', 2, 0.1, 0.2),
];

test('mse.tsv is sorted whatever the order of work, and says n/a for what is not known', (t) => {
  const table = mseTable(units);
  t.deepEqual(
    table.rows.map((row) => `${row.participant_id} ${row.method}`),
    ['sub-01 linear', 'sub-01 pchip', 'sub-02 linear', 'sub-02 pchip'],
  );
  t.deepEqual(table, mseTable(units.toReversed()));
  t.is(table.rows[0]?.psnr_missing, 'n/a');
  t.is(table.rows[0]?.missing_percent, '50');
  t.is(table.rows[0]?.engine, 'n/a');
  t.is(parseNumber(table.rows[0]?.mse_missing), 0.1);
});

test('summary.tsv holds the ratio to the best interpolation of each subject, not of the mean', (t) => {
  const [linear, pchip] = summaryTable(units).rows;
  t.is(linear?.method, 'linear');
  t.is(parseNumber(linear?.mse_missing_mean), 0.2);
  t.true(Math.abs((parseNumber(linear?.mse_missing_sd) ?? 0) - Math.SQRT2 * 0.1) < 1e-15);
  // linear: 1 for sub-01 and 0.3 / 0.2 for sub-02; pchip: 4 and 1.
  t.true(Math.abs((parseNumber(linear?.ratio_to_best_classical) ?? 0) - 1.25) < 1e-12);
  t.true(Math.abs((parseNumber(pchip?.ratio_to_best_classical) ?? 0) - 2.5) < 1e-12);
  t.true(Math.abs((parseNumber(pchip?.ratio_to_best_classical_mask_worst) ?? 0) - 4) < 1e-12);
  t.is(linear?.n, '2');
});

test('the regret of auto: its error over that of the best method of the same subject, interpolation or not', (t) => {
  const withAuto = [
    ...units,
    unit('01', 'oinr-internal', 2, 0.05, 0.1),
    unit('02', 'oinr-internal', 2, 0.25, 0.5),
    unit('01', 'auto', 2, 0.1, 0.2),
    unit('02', 'auto', 2, 0.25, 0.5),
    // Alone at its k, and so the best there.
    unit('01', 'auto', 3, 0.4, null),
  ];
  const ofAuto = (table: Table) => table.rows.filter(({ method }) => method === 'auto');
  const regrets = ofAuto(mseTable(withAuto)).map((row) => [
    row.participant_id,
    row.k,
    row.ratio_to_best,
    row.ratio_to_best_mask,
    row.ratio_to_best_classical,
  ]);
  t.deepEqual(regrets, [
    ['sub-01', '2', '2', '2', '1'],
    ['sub-01', '3', '1', 'n/a', 'n/a'],
    ['sub-02', '2', '1.25', '1.25', '1.25'],
  ]);
  const [half, third] = ofAuto(summaryTable(withAuto));
  t.deepEqual([half?.ratio_to_best_mask, half?.ratio_to_best_mask_worst], ['1.625', '2']);
  t.deepEqual([third?.ratio_to_best_worst, third?.ratio_to_best_mask_worst], ['1', 'n/a']);
});

test('Table 3: a row per percentage, a column per method, of two subjects none marked best, scale and region named', (t) => {
  const text = table3(units, { axis: 'coronal', offset: 0, profile: 'thin' });
  t.true(text.includes('Scale: stored intensity / 99.5th percentile inside the mask. *'));
  t.true(text.includes("Brain voxels only (the cohort's mask)"));
  const rows = text.split('\n').filter((line) => line.includes('50 %'));
  t.deepEqual(rows[0]?.trim().split(/\s+/), ['50', '%', '2', '2', '2.00e-1~', '3.00e-1~']);
  t.deepEqual(rows[1]?.trim().split(/\s+/), ['50', '%', '2', '2', '3.50e-1~', '6.00e-1~']);
});

test('Table 3 compares methods on the same subjects, and says so when there are none', (t) => {
  const incomplete = [...units, unit('03', 'linear', 2, 100, null)];
  t.true(table3(incomplete, { axis: 'coronal', offset: 1, profile: 'thin' }).includes('2.00e-1~'));
  t.regex(
    table3(units, { axis: 'coronal', offset: 'random', profile: 'thin' }),
    /kept: every k-th, the first drawn for each subject/,
  );
  t.regex(table3([], { axis: 'coronal', offset: 0, profile: 'thin' }), /No subject/);
});

test('failures.tsv carries no source folder', (t) => {
  const failures = [{ subject: '09', group: 'AD', message: '/data/x/sub-09.nii is truncated' }];
  const table = failuresTable(failures, (text) => text.replace('/data/x/', ''));
  t.deepEqual(table.rows, [
    { participant_id: 'sub-09', group: 'AD', method: 'all', k: 'all', reason: 'sub-09.nii is truncated' },
  ]);
});

test('a remark is told once, with the number of subjects that it is about; numbers of one volume are left out', (t) => {
  const remarked = (
    subject: string,
    method: string,
    every: number,
    ...remarks: string[]
  ): MeasuredVolume => ({
    ...unit(subject, method, every, 0, null),
    remarks,
  });
  t.deepEqual(
    methodRemarks([
      remarked('01', 'oinr-prior', 2, 'Seen before.'),
      remarked('01', 'oinr-prior', 3, 'Seen before.'),
      { ...remarked('02', 'oinr-prior', 2), scanRemarks: ['Odd.'] },
      remarked('01', 'auto', 2, 'PCHIP was used (errors: 1.2e-3, 1.3e-3).'),
      remarked('02', 'auto', 2, 'PCHIP was used (errors: 1.4e-3, 1.5e-3).'),
    ]),
    [
      'auto: PCHIP was used. (2 of 2 subjects)',
      'oinr-prior: Seen before. (1 of 2 subjects)',
      'scans: Odd. (1 of 2 subjects)',
    ],
  );
});

/** Eight subjects: pchip is better than linear in all, cubic than pchip in half. */
const ranked = Array.from({ length: 8 }, (_, index) => {
  const hard = 1 + 10 * index;
  const errors = { linear: hard + 1.5, pchip: hard + 1, cubic: hard + 1 + (index % 2 === 0 ? 0.3 : -0.31) };
  return Object.entries(errors).map(([method, error]) => unit(`1${index}`, method, 2, error, error));
}).flat();

test('ranks are told with what chance has in them: by differences within subjects, not by how hard subjects are', (t) => {
  const rows = new Map(summaryTable(ranked).rows.map((row) => [row.method, row]));
  const rankOf = (method: string) =>
    ['error_rank', 'error_rank_low', 'error_rank_high', 'within_noise_of_best'].map(
      (column) => rows.get(method)?.[column],
    );
  t.deepEqual(rankOf('cubic'), ['1', '1', '2', 'yes']);
  t.deepEqual(rankOf('pchip'), ['2', '1', '2', 'yes']);
  t.deepEqual(rankOf('linear'), ['3', '3', '3', 'no']);
  const few = summaryTable(ranked.filter(({ subject }) => subject < '15')).rows;
  t.deepEqual([...new Set(few.map((row) => row.error_rank_low))], ['n/a']);
  t.deepEqual([...new Set(few.map((row) => row.within_noise_of_best))], ['yes']);
});

test('Table 3 gives its star only to a method that no other is within noise of', (t) => {
  const about = { axis: 'coronal', offset: 0, profile: 'thin' } as const;
  const row = (units: readonly MeasuredVolume[]) =>
    table3(units, about)
      .split('\n')
      .find((line) => line.includes('50 %')) ?? '';
  t.is(row(ranked).match(/\*/g), null);
  t.is(row(ranked).match(/~/g)?.length, 2);
  const withoutCubic = row(ranked.filter(({ method }) => method !== 'cubic'));
  t.is(withoutCubic.match(/\*/g)?.length, 1);
  t.true(withoutCubic.endsWith('*'));
});
