import { dataTable, type ShownColumn } from '../dataTable.ts';
import { figure, type ReportFigure } from '../figure.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import { hasColumn, type TableSource } from '../source.ts';

/** The permutation tests themselves: T of imputed against T of full data, null distributions, critical values. */
export function testsSection(datasets: TableSource, figures: readonly ReportFigure[]): Section {
  return {
    id: 'statistics',
    heading: 'T against T, and null distributions',
    body: html`${figures.map(figure)}${dataTable({
      id: 'table-datasets',
      caption: 'The tests',
      source: datasets,
      columns: [
        { column: 'dataset', heading: 'data', format: 'text' },
        { column: 'subjects_first', heading: 'n first', format: 'integer' },
        { column: 'subjects_second', heading: 'n second', format: 'integer' },
        { column: 'voxels', heading: 'voxels', format: 'integer' },
        { column: 'permutations', heading: 'permutations', format: 'integer' },
        { column: 'critical_t', heading: 'critical |T|', format: 'two' },
        { column: 'max_t', heading: 'max |T|', format: 'two' },
        {
          column: 'cluster_forming_t',
          heading: 'cluster-forming |T|',
          format: 'two',
          help: 'Clusters are voxels above it',
        },
        {
          column: 'critical_extent',
          heading: 'critical extent',
          format: 'integer',
          help: 'Larger clusters, in voxels, are significant at the family-wise error',
        },
        { column: 'significant_fwe', heading: 'voxels, FWE', format: 'integer' },
        { column: 'significant_primary', heading: 'voxels, uncorrected', format: 'integer' },
        ...wanted.filter(({ column }) => hasColumn(datasets, column)),
        { column: 'smallest_p', heading: 'smallest p', format: 'p' },
      ],
    })}`,
  };
}

/** Columns that stand in the table where they were asked for. */
const wanted: readonly ShownColumn[] = [
  {
    column: 'significant_extent',
    heading: 'voxels, extent',
    format: 'integer',
    help: 'Voxels in clusters whose extent is significant at the family-wise error',
  },
  {
    column: 'critical_tfce',
    heading: 'critical TFCE',
    format: 'one',
    help: 'Threshold-free cluster enhancement above it is significant at the family-wise error',
  },
  { column: 'max_tfce', heading: 'max TFCE', format: 'one' },
  { column: 'significant_tfce', heading: 'voxels, TFCE', format: 'integer' },
];
