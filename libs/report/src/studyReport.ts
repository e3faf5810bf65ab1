import { dataTable, type ShownColumn } from './dataTable.ts';
import { figure, type ReportFigure } from './figure.ts';
import { findings } from './findings.ts';
import { type Html, html } from './html.ts';
import { type MethodsFacts, methodsText, references } from './methodsText.ts';
import { renderPage, type Section } from './page.ts';
import type { Source } from './source.ts';
import { type ViewerOptions, viewer, viewerScripts } from './viewer.ts';

export interface StudyReport {
  readonly cohort: string;
  readonly run: string;
  readonly version: string;
  /** Tables of the run that exist, by their names. */
  readonly tables: {
    readonly summary: Source;
    readonly table3: Source;
    readonly failures?: Source;
    readonly excluded?: Source;
    /** Written by the compare stage; all or none. */
    readonly comparison?: {
      readonly datasets: Source;
      readonly verdict: Source;
      readonly agreement: Source;
      readonly attenuation: Source;
      readonly bias: Source;
      readonly peaks: Source;
      /** Only where the truth is known. */
      readonly truth?: Source;
    };
  };
  /** What MSE is of: scale and mask, in words. */
  readonly scale: string;
  readonly figures: {
    readonly errors: readonly ReportFigure[];
    readonly maps: readonly ReportFigure[];
    readonly statistics: readonly ReportFigure[];
    /** Only with --show-subjects. */
    readonly subjects: readonly ReportFigure[];
  };
  readonly viewer?: ViewerOptions;
  readonly methods: MethodsFacts;
  /** Command lines that make this report, in order. */
  readonly commands: readonly string[];
  /** Names and values from run.json: versions, machine, commit, seed. */
  readonly facts: readonly (readonly [string, string])[];
  /** Sentences about what is missing or was left out of this page. */
  readonly remarks: readonly string[];
}

/** One self-contained page about a run. Pure: the same input gives the same text. */
export function studyReport(report: StudyReport): string {
  const { comparison } = report.tables;
  const sections: Section[] = [
    {
      id: 'findings',
      heading: 'Answer',
      body:
        comparison === undefined
          ? html`<p>The groups have not been compared in this run: there are errors of imputation below, and no verdict. Run the compare stage, then this one again.</p>`
          : findings(comparison),
    },
    ...(comparison === undefined ? [] : comparisonSections(report, comparison)),
    { id: 'errors', heading: 'Errors of imputation', body: errorsBody(report) },
    ...(report.figures.subjects.length > 0
      ? [{ id: 'subjects', heading: 'Subjects', body: html`${report.figures.subjects.map(figure)}` }]
      : []),
    { id: 'failures', heading: 'Failures and exclusions', body: failuresBody(report) },
    {
      id: 'methods',
      heading: 'Methods and references',
      body: html`${methodsText(report.methods)}<h3>References</h3>${references(report.methods)}`,
    },
    { id: 'reproduce', heading: 'Reproduce', body: reproduceBody(report) },
  ];
  return renderPage({
    title: `Imputed slices in a group study: cohort ${report.cohort}, run ${report.run}`,
    subtitle: html`Can scans with missing slices be used for the group study, with which method, down to which spacing? Every number carries the file, line and column it comes from (hover or inspect).`,
    sections,
    scripts: report.viewer === undefined ? [] : viewerScripts(),
    footer: html`Made by oinr ${report.version}. ${
      report.figures.subjects.length > 0
        ? 'This page shows images of single subjects; check the terms of the data before passing it on.'
        : 'No image of a single subject is in this page.'
    }`,
  });
}

const criterionColumns: readonly ShownColumn[] = [
  { column: 'method', heading: 'method', format: 'text' },
  { column: 'missing_percent', heading: 'missing, %', format: 'integer' },
];

const rateColumns: readonly ShownColumn[] = [
  { column: 'dice', heading: 'Dice', format: 'three', help: 'Twice the common voxels over the sum of both' },
  {
    column: 'sensitivity',
    heading: 'sensitivity',
    format: 'three',
    help: 'Share of the reference that was found',
  },
  {
    column: 'false_discovery_rate',
    heading: 'false discoveries',
    format: 'three',
    help: 'Share of what was found that is not in the reference',
  },
  {
    column: 'type_one_error',
    heading: 'type 1 error',
    format: 'three',
    help: 'Share of voxels outside the reference that were found',
  },
  {
    column: 'type_two_error',
    heading: 'type 2 error',
    format: 'three',
    help: 'Share of the reference that was missed',
  },
];

type Comparison = NonNullable<StudyReport['tables']['comparison']>;

function comparisonSections(report: StudyReport, tables: Comparison): Section[] {
  return [
    {
      id: 'agreement',
      heading: 'Agreement with the full data',
      body: html`${dataTable({
        id: 'table-verdict',
        caption: 'Verdict per method and percentage, over all voxels tested',
        source: tables.verdict,
        highlight: (row) => row.rank === '1',
        columns: [
          ...criterionColumns,
          { column: 'spacing_mm', heading: 'spacing, mm', format: 'one' },
          ...rateColumns.slice(0, 3),
          {
            column: 'slope',
            heading: 'slope',
            format: 'three',
            help: 'T imputed on T full; below one: attenuated',
          },
          { column: 'correlation', heading: 'correlation', format: 'three' },
          { column: 'rank', heading: 'rank', format: 'integer' },
          { column: 'usable', heading: 'usable', format: 'text' },
        ],
      })}
<p>Kept slices are the same in both data sets. Rows with slices \u201cmissing\u201d count voxels of missing slices only, which is the harder test.</p>
${dataTable({
  id: 'table-agreement',
  caption: 'Significant voxels after imputation against those of the full data',
  source: tables.agreement,
  columns: [
    ...criterionColumns,
    { column: 'slices', heading: 'slices', format: 'text' },
    { column: 'criterion', heading: 'criterion', format: 'text' },
    {
      column: 'full_voxels',
      heading: 'full',
      format: 'integer',
      help: 'Significant voxels in the full data',
    },
    { column: 'imputed_voxels', heading: 'imputed', format: 'integer' },
    { column: 'both_voxels', heading: 'both', format: 'integer' },
    ...rateColumns,
  ],
})}
${dataTable({
  id: 'table-attenuation',
  caption: 'T after imputation on T of the full data',
  source: tables.attenuation,
  columns: [
    ...criterionColumns,
    { column: 'slices', heading: 'slices', format: 'text' },
    { column: 'voxels', heading: 'voxels', format: 'integer' },
    { column: 'slope', heading: 'slope', format: 'three' },
    { column: 'intercept', heading: 'intercept', format: 'three' },
    { column: 'correlation', heading: 'correlation', format: 'three' },
    { column: 'rms_difference', heading: 'RMS difference', format: 'three' },
  ],
})}${
  tables.truth === undefined
    ? ''
    : html`<h3>Against the known truth</h3><p>The truth of this cohort is known. Here the reference is where the phantom really changes, so the full data have errors as well.</p>${dataTable(
        {
          id: 'table-truth',
          caption: 'Significant voxels against the known truth',
          source: tables.truth,
          columns: [
            { column: 'method', heading: 'data', format: 'text' },
            { column: 'missing_percent', heading: 'missing, %', format: 'integer' },
            { column: 'criterion', heading: 'criterion', format: 'text' },
            { column: 'truth_voxels', heading: 'true voxels', format: 'integer' },
            { column: 'detected_voxels', heading: 'found', format: 'integer' },
            ...rateColumns,
          ],
        },
      )}`
}`,
    },
    {
      id: 'viewer',
      heading: 'Statistic maps',
      body: html`${report.figures.maps.map(figure)}${report.viewer === undefined ? '' : viewer(report.viewer)}`,
    },
    {
      id: 'peaks',
      heading: 'Clusters side by side',
      body: html`<p>Peaks of the full data and of the imputed data, paired by distance (same sign, closest first); a dash where the other has none.</p>${dataTable(
        {
          id: 'table-peaks',
          caption: 'Peaks of clusters: full data beside imputed data',
          source: tables.peaks,
          columns: [
            ...criterionColumns,
            ...(['full', 'imputed'] as const).flatMap((side): ShownColumn[] => [
              { column: `${side}_cluster`, heading: `${side}: cluster`, format: 'integer' },
              { column: `${side}_voxels`, heading: 'voxels', format: 'integer' },
              { column: `${side}_mm3`, heading: 'mm\u00b3', format: 'integer' },
              { column: `${side}_t`, heading: 'T', format: 'two' },
              { column: `${side}_p_unc`, heading: 'p unc.', format: 'p' },
              { column: `${side}_p_fwe`, heading: 'p FWE', format: 'p' },
              { column: `${side}_x`, heading: 'x', format: 'integer', help: 'mm, to the right' },
              { column: `${side}_y`, heading: 'y', format: 'integer', help: 'mm, to the front' },
              { column: `${side}_z`, heading: 'z', format: 'integer', help: 'mm, upwards' },
            ]),
            { column: 'distance_mm', heading: 'distance, mm', format: 'one' },
          ],
        },
      )}`,
    },
    {
      id: 'bias',
      heading: 'Bias per group',
      body: html`<p>Mean signed error (imputed minus full, inside the mask, missing slices, as a share of the intensity scale) per group, and its difference between the groups with a confidence interval. A method whose interval excludes zero treats the groups differently.</p>${dataTable(
        {
          id: 'table-bias',
          caption: 'Signed bias per group',
          source: tables.bias,
          columns: [
            ...criterionColumns,
            { column: 'group_first', heading: 'first group', format: 'text' },
            { column: 'mean_first', heading: 'mean', format: 'scientific' },
            { column: 'sd_first', heading: 'SD', format: 'scientific' },
            { column: 'n_first', heading: 'n', format: 'integer' },
            { column: 'group_second', heading: 'second group', format: 'text' },
            { column: 'mean_second', heading: 'mean', format: 'scientific' },
            { column: 'sd_second', heading: 'SD', format: 'scientific' },
            { column: 'n_second', heading: 'n', format: 'integer' },
            { column: 'difference', heading: 'difference', format: 'scientific' },
            { column: 'ci_low', heading: 'CI low', format: 'scientific', help: '95 % interval, Welch' },
            { column: 'ci_high', heading: 'CI high', format: 'scientific' },
          ],
        },
      )}`,
    },
    {
      id: 'statistics',
      heading: 'Attenuation and null distributions',
      body: html`${report.figures.statistics.map(figure)}${dataTable({
        id: 'table-datasets',
        caption: 'The tests',
        source: tables.datasets,
        columns: [
          { column: 'dataset', heading: 'data', format: 'text' },
          { column: 'subjects_first', heading: 'n first', format: 'integer' },
          { column: 'subjects_second', heading: 'n second', format: 'integer' },
          { column: 'voxels', heading: 'voxels', format: 'integer' },
          { column: 'permutations', heading: 'relabelings', format: 'integer' },
          { column: 'critical_t', heading: 'critical |T|', format: 'two' },
          { column: 'max_t', heading: 'max |T|', format: 'two' },
          { column: 'significant_fwe', heading: 'voxels, FWE', format: 'integer' },
          { column: 'significant_primary', heading: 'voxels, uncorrected', format: 'integer' },
          { column: 'smallest_p', heading: 'smallest p', format: 'p' },
        ],
      })}`,
    },
  ];
}

function errorsBody(report: StudyReport): Html {
  const { summary, table3 } = report.tables;
  const ours = table3.table.columns.filter((column) => /^(volume|missing)_mse_/.test(column));
  return html`<p>${report.scale}</p>
${dataTable({
  id: 'table-3',
  caption: 'MSE beside Table 3 of the paper (whole volume counts kept slices as well)',
  source: table3,
  columns: [
    { column: 'missing_percent', heading: 'missing, %', format: 'integer' },
    {
      column: 'paper_test_mse',
      heading: 'paper, test',
      format: 'scientific',
      help: 'O-INR on ADNI; (stored value / 255) squared, whole volume; other data',
    },
    { column: 'paper_train_mse', heading: 'paper, train', format: 'scientific' },
    ...ours.map(
      (column): ShownColumn => ({
        column,
        heading: column
          .replace(/^volume_mse_(.*)/, '$1, whole volume')
          .replace(/^missing_mse_(.*)/, '$1, missing slices'),
        format: 'scientific',
      }),
    ),
  ],
})}
<p class="quiet">The paper\u2019s data (ADNI) and its intensity scale (stored value / 255) are not those of this run; its numbers stand here for orientation.</p>
${report.figures.errors.map(figure)}
${dataTable({
  id: 'table-summary',
  caption: 'Errors per method and percentage: mean over subjects',
  source: summary,
  columns: [
    ...criterionColumns,
    { column: 'n', heading: 'n', format: 'integer' },
    { column: 'mse_missing_mean', heading: 'MSE missing', format: 'scientific' },
    { column: 'mse_missing_sd', heading: 'SD', format: 'scientific' },
    { column: 'mse_missing_mask_mean', heading: 'MSE in mask', format: 'scientific' },
    { column: 'psnr_missing_mean', heading: 'PSNR, dB', format: 'one' },
    { column: 'ssim_missing_mean', heading: 'SSIM', format: 'three' },
    { column: 'bias_missing_mask_mean', heading: 'bias in mask', format: 'scientific' },
    {
      column: 'ratio_to_best_classical_mask',
      heading: 'ratio to best interpolation',
      format: 'three',
      help: 'MSE in the mask over that of the subject\u2019s best interpolation',
    },
  ],
})}`;
}

function failuresBody({ tables: { failures, excluded }, remarks }: StudyReport): Html {
  const failed =
    failures === undefined || failures.table.rows.length === 0
      ? html`<p>No subject failed.</p>`
      : html`<p class="problem">Some subjects failed and are missing from the numbers above.</p>${dataTable({
          id: 'table-failures',
          caption: 'Subjects that failed, and why',
          source: failures,
          columns: failures.table.columns.map((column) => ({ column, heading: column, format: 'text' })),
        })}`;
  const left =
    excluded === undefined || excluded.table.rows.length === 0
      ? html`<p>No subject was excluded.</p>`
      : dataTable({
          id: 'table-excluded',
          caption: 'Subjects and images that were not used, and why',
          source: excluded,
          columns: excluded.table.columns.map((column) => ({ column, heading: column, format: 'text' })),
        });
  return html`${failed}${left}${remarks.length === 0 ? '' : html`<h3>Remarks</h3><ul>${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}`;
}

function reproduceBody({ commands, facts }: StudyReport): Html {
  return html`<pre>${commands.join('\n')}</pre>
<table><tbody>${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td data-source="run.json">${value}</td></tr>`)}</tbody></table>
<p class="quiet">From run.json in the run folder, which has all options.</p>`;
}
