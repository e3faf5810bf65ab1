import { dataTable } from '../dataTable.ts';
import { type Html, html } from '../html.ts';
import type { Section } from '../page.ts';
import { rowsWhere, type TableSource } from '../source.ts';
import type { PreparationReport } from '../studyInput.ts';

/** The order of work, and the scans whose registration somebody should look at. */
export function preparationSection({ words, quality, failures }: PreparationReport): Section {
  return {
    id: 'preparation',
    heading: 'Order of work',
    body: html`<p>${words}</p>${quality === undefined ? '' : flagged(quality)}${
      failures === undefined || failures.table.rows.length === 0
        ? ''
        : html`<p class="problem">Some scans could not be brought to the common space and are missing from the comparison.</p>${dataTable(
            {
              id: 'table-prepare-failures',
              caption: 'Scans that could not be brought to the common space, and why',
              source: failures,
              columns: [scan, group, { column: 'reason', heading: 'reason', format: 'sentence' }],
            },
          )}`
    }`,
  };
}

const scan = { column: 'participant_id', heading: 'scan', format: 'text' } as const;
const group = { column: 'group', heading: 'group', format: 'text' } as const;

function flagged(quality: TableSource): Html {
  const rows = rowsWhere(quality, ({ flags }) => flags !== 'n/a');
  if (rows.length === 0) return html`<p>No registration was flagged.</p>`;
  return html`<p class="problem">Registrations that need a look (pictures in <code>quality.html</code> of the run folder). These scans are in the comparison; to leave one out, exclude it in the cohort's description.</p>${dataTable(
    {
      id: 'table-flagged',
      caption: 'Flagged registrations',
      source: quality,
      rows,
      columns: [
        scan,
        group,
        { column: 'dice', heading: 'overlap', format: 'three' },
        { column: 'mutual_information', heading: 'mutual information', format: 'three' },
        { column: 'flags', heading: 'flags', format: 'sentence' },
      ],
    },
  )}`;
}
