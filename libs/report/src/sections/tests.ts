import { dataTable } from '../dataTable.ts';
import { figure, type ReportFigure } from '../figure.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import type { Source } from '../source.ts';

/** The permutation tests themselves: attenuation plots, null distributions, critical values. */
export function testsSection(datasets: Source, figures: readonly ReportFigure[]): Section {
  return {
    id: 'statistics',
    heading: 'Attenuation and null distributions',
    body: html`${figures.map(figure)}${dataTable({
      id: 'table-datasets',
      caption: 'The tests',
      source: datasets,
      columns: [
        { column: 'dataset', heading: 'data', format: 'text' },
        { column: 'subjects_first', heading: 'n first', format: 'integer' },
        { column: 'subjects_second', heading: 'n second', format: 'integer' },
        { column: 'voxels', heading: 'voxels', format: 'integer' },
        { column: 'permutations', heading: 'relabelings', format: 'integer' },
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
        { column: 'smallest_p', heading: 'smallest p', format: 'p' },
      ],
    })}`,
  };
}
