import { dataTable } from '../dataTable.ts';
import { type Html, html } from '../html.ts';
import type { Section } from '../page.ts';
import type { TableSource } from '../source.ts';
import type { StudyReport } from '../studyInput.ts';

/** Who failed, what was not used, and what was left out of this page; each with its reason. */
export function failuresSection({ tables: { failures, excluded }, remarks }: StudyReport): Section {
  const failed = hasRows(failures)
    ? html`<p class="problem">Some subjects failed and are missing from the numbers above.</p>${textTable(
        'table-failures',
        'Subjects that failed, and why',
        failures,
      )}`
    : html`<p>No subject failed.</p>`;
  const left = hasRows(excluded)
    ? textTable('table-excluded', 'Subjects and images that were not used, and why', excluded)
    : html`<p>No subject was excluded.</p>`;
  const said =
    remarks.length === 0
      ? ''
      : html`<h3>Remarks</h3><ul>${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`;
  return {
    id: 'failures',
    heading: 'Failures and exclusions',
    body: html`${failed}${left}${said}`,
  };
}

function hasRows(source: TableSource | undefined): source is TableSource {
  return source !== undefined && source.table.rows.length > 0;
}

/** All columns of a table of sentences. */
function textTable(id: string, caption: string, source: TableSource): Html {
  const columns = source.table.columns.map((column) => ({
    column,
    heading: column,
    format: column === 'reason' ? ('sentence' as const) : ('text' as const),
  }));
  return dataTable({ id, caption, source, columns });
}
