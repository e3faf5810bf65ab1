import { dataTable, type ShownColumn } from '../dataTable.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import type { TableSource } from '../source.ts';
import { cellColumns } from './columns.ts';

/** Whether a method treats the groups differently. */
export function biasSection(bias: TableSource): Section {
  return {
    id: 'bias',
    heading: 'Bias per group',
    body: html`<p>Mean signed error (imputed minus full, inside the mask, missing slices, as a share of the intensity scale) per group, and its difference between the groups with a confidence interval. A method whose interval excludes zero treats the groups differently.</p>${dataTable(
      {
        id: 'table-bias',
        caption: 'Signed bias per group',
        source: bias,
        columns: [
          ...cellColumns,
          ...groupColumns('first'),
          ...groupColumns('second'),
          { column: 'difference', heading: 'difference', format: 'scientific' },
          { column: 'ci_low', heading: 'CI low', format: 'scientific', help: '95 % interval, Welch' },
          { column: 'ci_high', heading: 'CI high', format: 'scientific' },
        ],
      },
    )}`,
  };
}

function groupColumns(which: 'first' | 'second'): ShownColumn[] {
  return [
    { column: `group_${which}`, heading: `${which} group`, format: 'text' },
    { column: `mean_${which}`, heading: 'mean', format: 'scientific' },
    { column: `sd_${which}`, heading: 'SD', format: 'scientific' },
    { column: `n_${which}`, heading: 'n', format: 'integer' },
  ];
}
