import { dataTable } from '../dataTable.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import { cite, rowsWhere, type TableSource } from '../source.ts';

/** That no subject was imputed by an operator learned from it; where one was, in so many words. */
export function crossFittingSection(crossFit: TableSource): Section {
  const seen = rowsWhere(crossFit, (row) => row.was_learned_from !== 'no');
  const statement =
    seen.length === 0
      ? html`<p>No subject was imputed by an operator that was trained on it: each operator was trained without one fold of the people, and imputed that fold. Folds are balanced by group; training never saw groups.</p>`
      : html`<p class="problem">Some subjects were imputed by an operator that was trained on them, so that their errors are too small: ${seen.map((row, index) => html`${index === 0 ? '' : ', '}${cite(crossFit, row, 'participant_id', 'text')}`)}.</p>`;
  return {
    id: 'cross-fitting',
    heading: 'Cross-fitting',
    body: html`${statement}${dataTable({
      id: 'table-cross-fit',
      caption: 'Which operator imputed whom',
      source: crossFit,
      columns: [
        { column: 'participant_id', heading: 'subject', format: 'text' },
        { column: 'group', heading: 'group', format: 'text' },
        { column: 'fold', heading: 'fold', format: 'integer' },
        { column: 'learned_from', heading: 'trained on', format: 'integer', help: 'number of people' },
        { column: 'was_learned_from', heading: 'the subject among them', format: 'text' },
        { column: 'operator_sha256', heading: 'operator (SHA-256)', format: 'text' },
      ],
    })}`,
  };
}
