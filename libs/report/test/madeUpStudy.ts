// A made-up run for tests of the page: every table that the stages write, with values that no run would give.
import { type CellValue, tableOf } from '@oinr/tables';
import type { Volume } from '@oinr/volume';
import { type JoiningTables, type StudyReport, type TableSource, viewerVolume } from '../src/index.ts';

export const hostile = '<img src=x onerror="window.broken=1">&amp;';

function source(file: string, records: readonly Readonly<Record<string, CellValue>>[]): TableSource {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { file: `tables/${file}.tsv`, table: tableOf(columns, records) };
}

const cells = [50, 66].flatMap((missing_percent, index) =>
  ['linear', 'oinr-internal'].map((method, place) => ({ method, missing_percent, k: index + 2, place })),
);
const rates = {
  dice: 0.912345,
  sensitivity: 0.87,
  one_minus_precision: 0.04,
  type_one_error: 0.001,
  type_two_error: 0.13,
};

const shape = [40, 48, 36] as const;

export function headVolume(value: (x: number, y: number, z: number) => number): Volume {
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0; k < shape[2]; k += 1)
    for (let j = 0; j < shape[1]; j += 1)
      for (let i = 0; i < shape[0]; i += 1) {
        const [x, y, z] = [4 * i - 78, 4 * j - 94, 4 * k - 70];
        data[i + shape[0] * (j + shape[1] * k)] = value(x, y, z);
      }
  return { grid: { shape, affine: [4, 0, 0, -78, 0, 4, 0, -94, 0, 0, 4, -70, 0, 0, 0, 1] }, data };
}

const isInHead = (x: number, y: number, z: number): boolean =>
  (x / 68) ** 2 + (y / 85) ** 2 + (z / 62) ** 2 < 1;

/** T: a positive blob on the subject's right, a negative one on the left. */
const effect = (size: number): Volume =>
  headVolume((x, y, z) => {
    if (!isInHead(x, y, z)) return Number.NaN;
    const near = (cx: number): number => Math.exp(-((x - cx) ** 2 + y ** 2 + z ** 2) / 400);
    return size * (near(36) - near(-36));
  });

const imputed = { method: 'linear', missing_percent: 66, k: 3 };
const everywhere = { criterion: 'p < 0.001, uncorrected', smooth_mm: 6 };

/** Tables of full and imputed scans together: one mixture of each answer. */
export const madeUpJoining: JoiningTables = {
  joining: source('joining', [
    {
      design: 'CN=0.5 AD=0.5',
      ...imputed,
      ...everywhere,
      may_join: 'yes',
      test_to_use: 'equalised',
      measure: 'true_found',
      full_alone: 0.251,
      kinds: 0.363,
      equalised: 0.355,
      naive: 0.318,
      all_full: 0.373,
      chance_voxels: 60.655,
    },
    {
      design: 'CN=0 AD=1',
      ...imputed,
      ...everywhere,
      may_join: 'in both groups alike',
      test_to_use: 'equalised',
      measure: 'true_found',
      full_alone: undefined,
      kinds: undefined,
      equalised: 0.362,
      naive: 0.6,
      all_full: 0.373,
      chance_voxels: 60.655,
    },
    {
      design: hostile,
      ...imputed,
      ...everywhere,
      may_join: 'no',
      test_to_use: 'kinds',
      measure: 'true_found',
      full_alone: 0.251,
      kinds: 0.2,
      equalised: 0.24,
      naive: 0.3,
      all_full: 0.373,
      chance_voxels: 60.655,
    },
  ]),
  mixtures: source(
    'mixtures',
    [
      { design: 'all full', method: 'full', missing_percent: 0, model: 'naive', valid: 'yes', ...everywhere },
      { design: 'CN=0.5 AD=0.5', ...imputed, draw: 1, model: 'naive', valid: 'about' },
      { design: 'CN=0 AD=1', ...imputed, draw: 1, model: 'naive', valid: 'no' },
      { design: 'CN=0 AD=1', ...imputed, draw: 1, model: 'kinds', valid: 'no' },
      { design: hostile, ...imputed, draw: 1, model: 'kinds', valid: 'yes', note: hostile },
    ].map((row, index) => ({
      ...row,
      subjects_full: 70,
      subjects_imputed: 70,
      left_out: 0,
      kinds: 2,
      variance: 'pooled',
      voxels_found: index === 3 ? undefined : [13794, 10669, 46178, 0, 900][index],
      significant_fwe: 10,
      true_found: 0.3,
      one_minus_precision: index === 2 ? 0.613 : 0.02,
      dice: 0.8,
    })),
  ),
  worth: source('worth', [
    {
      ...imputed,
      smooth_mm: 6,
      worth: 0.9,
      worth_low: 0.853,
      worth_high: 0.959,
      worth_in_truth: 0.95,
      splits: 50,
    },
    { ...imputed, method: 'pchip', smooth_mm: 6, worth: undefined, splits: 50 },
  ]),
  power: source(
    'power',
    [
      ['full', 5, undefined],
      ['imputed', 5, 1.4],
      ['imputed', 8, 0.91],
      ['mixed', 8, 0.7],
    ].map(([scans, per_group, worth_by_power]) => ({
      scans,
      ...(scans === 'full' ? { method: 'full', missing_percent: 0, k: 1 } : imputed),
      per_group,
      samples: 6,
      voxels_found: 100,
      sensitivity: 0.2,
      sensitivity_low: 0.1,
      sensitivity_high: 0.3,
      one_minus_precision: 0.01,
      one_minus_precision_low: 0,
      one_minus_precision_high: 0.02,
      equals_full_per_group: 4.5,
      worth_by_power,
    })),
  ),
  falsePositives: source(
    'false_positives',
    [
      ['one group imputed', 'naive', 0.98, 0.95, 0.995],
      ['half of each group imputed', 'kinds', 0.048, 0.036, 0.063],
      ['80 % against 20 % imputed', 'covariate', 0.07, 0.055, 0.088],
    ].map(([design, model, family_wise_error, low, high]) => ({
      design,
      ...imputed,
      model,
      per_group: 20,
      permutations: 500,
      alpha: 0.05,
      draws: 200,
      errors: 10,
      family_wise_error,
      low,
      high,
    })),
  ),
  kinds: source('kinds', [
    {
      ...imputed,
      subjects: 280,
      mean_difference_before: -1e-3,
      mean_difference_after: 1e-9,
      voxel_difference_before: 2e-2,
      voxel_difference_after: 2.1e-2,
      sd_ratio_before: 0.9,
      sd_ratio_after: 0.91,
    },
  ]),
  transfer: source('transfer', [
    {
      ...imputed,
      smooth_mm: 6,
      size_mm: 10,
      distance_mm: 'all',
      places: 40,
      subjects: 8,
      transfer: 0.8,
      transfer_sd: 0.1,
      sd_ratio: 0.95,
      people_needed: 1.41,
    },
  ]),
};

export async function madeUpStudy(withViewer: boolean): Promise<StudyReport> {
  const datasets = source('datasets', [
    {
      dataset: 'full data',
      method: 'full',
      missing_percent: 0,
      group_first: 'CN',
      group_second: hostile,
      subjects_first: 8,
      subjects_second: 9,
      permutations: 1000,
      voxels: 12345,
      significant_fwe: 321,
      significant_primary: 4321,
      alpha: 0.05,
      primary_criterion: 'p < 0.001, uncorrected',
      critical_t: 5.4321,
      max_t: Number.POSITIVE_INFINITY,
      cluster_forming_t: 3.61,
      critical_extent: 77,
      smallest_p: 0.001,
      smoothing_fwhm_mm: 6,
      normalisation: 'mean',
      exact: 'no',
    },
  ]);
  const figure = {
    id: 'figure-1',
    caption: `A figure of ${hostile}`,
    svg: '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" role="img" aria-label="a square"><rect width="10" height="10"/></svg>',
    sources: ['tables/mse.tsv'],
  };
  return {
    cohort: hostile,
    run: 'default',
    version: '0.1.0',
    tables: {
      errors: {
        summary: source(
          'summary',
          [
            ...cells,
            { method: 'auto', missing_percent: 50, k: 2, place: 2 },
            { method: 'auto', missing_percent: 66, k: 3, place: 3 },
          ].map(({ method, missing_percent, k, place }) => ({
            method: place === 0 ? hostile : method,
            k,
            missing_percent,
            n: 8,
            mse_missing_mean: 1.2345e-3 / (1 + place),
            mse_missing_sd: 1e-5,
            mse_missing_mask_mean: 2e-3,
            psnr_missing_mean: 31.4,
            ssim_missing_mean: 0.97,
            bias_missing_mask_mean: -1.5e-4,
            ratio_to_best_classical_mask: undefined,
            ratio_to_best: 1.1 + place,
            ratio_to_best_worst: 1.3 + place,
            ratio_to_best_mask: place === 3 ? undefined : 1.2 + place,
            ratio_to_best_mask_worst: place === 3 ? undefined : 1.4 + place,
          })),
        ),
        table3: source('table3', [
          {
            missing_percent: 50,
            paper_test_mse: 8.3e-5,
            paper_train_mse: 2.2e-5,
            volume_mse_linear: 1e-4,
            missing_mse_linear: 2e-4,
          },
        ]),
      },
      failures: source('failures', [
        { participant_id: hostile, group: 'CN', method: 'all', k: 'all', reason: hostile },
      ]),
      excluded: source('excluded', [{ what: 'sub-9', reason: 'a rule', needs_action: 'no' }]),
      comparison: {
        datasets,
        verdict: source(
          'verdict',
          cells.map(({ method, missing_percent, k, place }) => ({
            method,
            missing_percent,
            k,
            spacing_mm: 2 * k,
            ...rates,
            slope: 0.8 + 0.1 * place,
            correlation: 0.95,
            rank: 2 - place,
            usable: place === 1 ? 'yes' : 'no',
            criterion: 'p < 0.001, uncorrected',
            least_dice: 0.8,
            least_sensitivity: 0.8,
            most_one_minus_precision: 0.2,
          })),
        ),
        agreement: source(
          'agreement',
          cells.map(({ method, missing_percent }) => ({
            method,
            missing_percent,
            slices: 'missing',
            criterion: 'p < 0.001, uncorrected',
            full_voxels: 100,
            imputed_voxels: 90,
            both_voxels: 80,
            ...rates,
          })),
        ),
        attenuation: source(
          'attenuation',
          cells.map(({ method, missing_percent }) => ({
            method,
            missing_percent,
            slices: 'all',
            voxels: 12345,
            slope: 0.9,
            intercept: -0.001,
            correlation: 0.97,
            rms_difference: 0.3,
          })),
        ),
        bias: source('bias', [
          {
            method: 'linear',
            missing_percent: 50,
            group_first: 'CN',
            mean_first: -1e-3,
            sd_first: 1e-4,
            n_first: 8,
            group_second: hostile,
            mean_second: -2e-3,
            sd_second: 1e-4,
            n_second: 9,
            difference: 1e-3,
            ci_low: 5e-4,
            ci_high: 1.5e-3,
          },
        ]),
        peaks: source('peaks', [
          {
            method: 'linear',
            missing_percent: 50,
            ...Object.fromEntries(
              ['full', 'imputed'].flatMap((side) =>
                ['cluster', 'voxels', 'mm3', 'p_extent', 't', 'p_unc', 'p_fwe', 'x', 'y', 'z'].map(
                  (name, index) => [`${side}_${name}`, index + 0.01],
                ),
              ),
            ),
            distance_mm: 4.2,
          },
        ]),
      },
    },
    scale: 'Scale: made up.',
    figures: { joining: [], errors: [figure], maps: [], peaks: [], statistics: [], subjects: [] },
    ...(withViewer
      ? {
          viewer: {
            template: await viewerVolume(
              headVolume((x, y, z) => (isInHead(x, y, z) ? 100 : 0)),
              1,
            ),
            maps: [
              { id: 'full', name: 'full data', base64: await viewerVolume(effect(8)) },
              { id: 'linear50', name: hostile, base64: await viewerVolume(effect(4)) },
            ],
            degreesOfFreedom: 15,
            thresholds: [
              { name: 'p < 0.001, uncorrected', t: 4.0728 },
              { name: 'family-wise error 0.05', t: 7.5 },
            ],
            threshold: 3,
            highest: 8,
            limit: 12,
            positive: 'CN > AD',
            negative: 'CN < AD',
            peaks: [
              {
                name: 'right peak',
                position: [36, 0, 0] as const,
                source: { file: 'tables/peaks.tsv', line: 2 },
              },
            ],
            note: '',
          },
        }
      : {}),
    methods: {
      methods: ['linear', 'oinr-internal'],
      axis: 'coronal',
      isPhantom: true,
      notes: [`The group is that of ${hostile}.`],
      datasets,
    },
    preparation: {
      words: `Registered to ${hostile}.`,
      quality: source('quality', [
        { participant_id: 'sub-1', group: 'CN', dice: 0.957, mutual_information: 0.61, flags: undefined },
        { participant_id: 'sub-2', group: hostile, dice: 0.7, mutual_information: 0.2, flags: hostile },
      ]),
      failures: source('prepare_failures', [{ participant_id: 'sub-3', group: 'CN', reason: hostile }]),
    },
    commands: [`npx nx run pipeline:impute --cohort ${hostile}`],
    facts: [['seed', '1']],
    remarks: [hostile],
  };
}
