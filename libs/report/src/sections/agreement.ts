import { dataTable, type ShownColumn } from '../dataTable.ts';
import { type Html, html } from '../html.ts';
import type { Section } from '../page.ts';
import type { TableSource } from '../source.ts';
import type { ComparisonTables } from '../studyInput.ts';
import { cellColumns, rateColumns } from './columns.ts';

/** How far the tests on imputed data agree with that on the full data and, where it is known, with the truth. */
export function agreementSection(tables: ComparisonTables): Section {
  const { verdict, agreement, attenuation, truth, distance } = tables;
  return {
    id: 'agreement',
    heading: 'Agreement with the full data',
    body: html`${dataTable({
      id: 'table-verdict',
      caption: 'Verdict per method and percentage, over all voxels tested',
      source: verdict,
      highlight: (row) => row.rank === '1',
      columns: [
        ...cellColumns,
        { column: 'k', heading: 'one slice in', format: 'integer' },
        { column: 'spacing_mm', heading: 'spacing, mm', format: 'one' },
        ...rateColumns.slice(0, 3),
        correlation,
        { column: 'rank', heading: 'rank', format: 'integer' },
        { column: 'usable', heading: 'usable', format: 'text' },
      ],
    })}
${
  agreement.table.rows.some((row) => row.slices === 'missing')
    ? html`<p>Kept slices are the same in both data sets. Rows with slices \u201cmissing\u201d count voxels of missing slices only, which is the harder test.</p>`
    : agreement.table.rows.every((row) => row.missing_percent === 'n/a')
      ? html`<p>The maps were made elsewhere, so which slices were missing is not known: agreement is over all voxels tested.</p>`
      : html`<p>Volumes were resampled after imputation, so that every voxel mixes kept and missing slices: agreement is over all voxels tested, kept slices included.</p>`
}
${dataTable({
  id: 'table-agreement',
  caption: 'Significant voxels after imputation against those of the full data',
  source: agreement,
  columns: [
    ...cellColumns,
    slices,
    criterion,
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
<p>The slope is that of the line through T after imputation against T of the full data. It is about how far the two maps correlate, also where no group differs, so a slope below one does not say that so much of an effect is lost, and T is never divided by it. What comes through of an effect is measured by the stage transfer.</p>
${dataTable({
  id: 'table-attenuation',
  caption: 'T after imputation on T of the full data',
  source: attenuation,
  columns: [
    ...cellColumns,
    slices,
    { column: 'voxels', heading: 'voxels', format: 'integer' },
    slope,
    { column: 'intercept', heading: 'intercept', format: 'three' },
    correlation,
    { column: 'rms_difference', heading: 'RMS difference', format: 'three' },
  ],
})}${distance === undefined ? '' : byDistance(distance)}${truth === undefined ? '' : againstTruth(truth)}`,
  };
}

const slope: ShownColumn = { column: 'slope', heading: 'slope', format: 'three' };
const correlation: ShownColumn = { column: 'correlation', heading: 'correlation', format: 'three' };
const slices: ShownColumn = { column: 'slices', heading: 'slices', format: 'text' };
const criterion: ShownColumn = { column: 'criterion', heading: 'criterion', format: 'text' };

function byDistance(distance: TableSource): Html {
  return html`<h3>By the distance to kept slices</h3><p>The distance is that on each person\u2019s own scan, where a registered voxel is looked up through the transform of the scan; distances between slices belong to the nearer number. Errors are those of all people\u2019s values at their own distance; significant voxels are those of groups, by the mean distance over people. Where everybody keeps other slices, that mean is about the same everywhere.</p>${dataTable(
    {
      id: 'table-distance',
      caption: 'Errors and significant voxels by the distance to kept slices',
      source: distance,
      columns: [
        ...cellColumns,
        { column: 'distance_mm', heading: 'to kept slice, mm', format: 'two' },
        {
          column: 'share_of_values',
          heading: 'share',
          format: 'three',
          help: 'Of the values of all people that lie so far from their kept slices',
        },
        {
          column: 'rms_error',
          heading: 'RMS error',
          format: 'scientific',
          help: 'Root mean square of imputed minus full values as they are tested',
        },
        { column: 'tested_voxels', heading: 'voxels', format: 'integer' },
        { column: 'full_voxels', heading: 'full', format: 'integer', help: 'Significant in the full data' },
        { column: 'imputed_voxels', heading: 'imputed', format: 'integer' },
        ...rateColumns.slice(0, 3),
        {
          column: 'true_found',
          heading: 'true found',
          format: 'three',
          help: 'Share of the true effect that was found, where it is known',
        },
      ],
    },
  )}`;
}

function againstTruth(truth: TableSource): Html {
  return html`<h3>Against the known truth</h3><p>The truth of this cohort is known. Here the reference is where the groups really differ, so the full data have errors as well.</p>${dataTable(
    {
      id: 'table-truth',
      caption: 'Significant voxels against the known truth',
      source: truth,
      columns: [
        { column: 'method', heading: 'data', format: 'text' },
        { column: 'missing_percent', heading: 'missing, %', format: 'integer' },
        criterion,
        { column: 'truth_voxels', heading: 'true voxels', format: 'integer' },
        { column: 'detected_voxels', heading: 'found', format: 'integer' },
        ...rateColumns,
      ],
    },
  )}`;
}
