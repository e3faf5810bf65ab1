import { dataTable, type ShownColumn } from '../dataTable.ts';
import { figure, type ReportFigure } from '../figure.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import { hasColumn, type TableSource } from '../source.ts';
import { cellColumns } from './columns.ts';

/** The paper's Fig. 18: cluster tables of full and imputed data side by side. */
export function clustersSection(peaks: TableSource, figures: readonly ReportFigure[]): Section {
  const shown = (side: 'full' | 'imputed'): ShownColumn[] =>
    sideColumns(side).filter(({ column }) => !column.includes('_region') || hasColumn(peaks, column));
  const sides = { full: shown('full'), imputed: shown('imputed') };
  return {
    id: 'peaks',
    heading: 'Clusters side by side',
    body: html`<p>Peaks of the full data and of the imputed data, paired by distance (same sign, closest first, not farther than a gap between kept slices or the distance between peaks of one cluster); a dash where the other has none. p values are two-sided: of a peak against the largest |T|, of an extent against the largest cluster of either sign, over all voxels in every permutation.${
      hasColumn(peaks, 'full_region_mm')
        ? ' Regions are approximate: that of the nearest centre in a small table of centres in MNI space, with the distance to it; no name where none is near. For regions of an atlas run the compare stage with --atlas.'
        : ''
    }</p>${figures.map(figure)}${dataTable({
      id: 'table-peaks',
      caption: 'Peaks of clusters: full data beside imputed data',
      source: peaks,
      columns: [
        ...cellColumns,
        ...sides.full,
        ...sides.imputed,
        { column: 'distance_mm', heading: 'distance (mm)', format: 'one' },
      ],
      groups: [
        { name: '', columns: cellColumns.length },
        { name: 'full data', columns: sides.full.length },
        { name: 'imputed data', columns: sides.imputed.length },
        { name: '', columns: 1 },
      ],
      isDense: true,
    })}`,
  };
}

function sideColumns(side: 'full' | 'imputed'): ShownColumn[] {
  return [
    { column: `${side}_cluster`, heading: 'cluster', format: 'integer' },
    { column: `${side}_voxels`, heading: 'voxels', format: 'integer', help: 'Extent of the cluster' },
    { column: `${side}_mm3`, heading: 'mm\u00b3', format: 'integer' },
    {
      column: `${side}_p_extent`,
      heading: 'p FWE, extent',
      format: 'p',
      help: 'Family-wise error of the cluster\u2019s extent',
    },
    { column: `${side}_t`, heading: 'T', format: 'two' },
    { column: `${side}_p_unc`, heading: 'p unc.', format: 'p' },
    { column: `${side}_p_fwe`, heading: 'p FWE', format: 'p', help: 'Family-wise error of the peak' },
    { column: `${side}_x`, heading: 'x', format: 'integer', help: 'mm, to the right' },
    { column: `${side}_y`, heading: 'y', format: 'integer', help: 'mm, to the front' },
    { column: `${side}_z`, heading: 'z', format: 'integer', help: 'mm, upwards' },
    { column: `${side}_region`, heading: 'region', format: 'text', help: 'Where the peak lies' },
    {
      column: `${side}_region_mm`,
      heading: 'from its centre (mm)',
      format: 'integer',
      help: 'Distance of the peak to the approximate centre of the region',
    },
  ];
}
