import { dataTable } from '../dataTable.ts';
import { html } from '../html.ts';
import type { Section } from '../page.ts';
import type { Source } from '../source.ts';

/** That no subject was imputed by an operator learned from it; where one was, in so many words. */
export function crossFittingSection(crossFit: Source): Section {
  const { rows } = crossFit.table;
  const seen = rows.filter((row) => row.was_learned_from !== 'no');
  const folds = new Set(rows.map((row) => row.fold)).size;
  const statement =
    seen.length === 0
      ? html`<p>None of the ${rows.length} subjects was imputed by an operator that was learned from it: ${folds} operators were learned, each without one fold of the people, and each imputed that fold. Folds are balanced by group; learning never saw groups.</p>`
      : html`<p class="problem">${seen.length} of ${rows.length} subjects were imputed by an operator that was learned from them: their errors are too small.</p>`;
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
        { column: 'learned_from', heading: 'learned from', format: 'integer', help: 'number of people' },
        { column: 'was_learned_from', heading: 'the subject among them', format: 'text' },
        { column: 'operator_sha256', heading: 'operator (SHA-256)', format: 'text' },
      ],
    })}`,
  };
}
