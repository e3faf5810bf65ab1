import type { Cohort } from '@oinr/cohort';
import { type Table, tableOf } from '@oinr/tables';
import type { Terminal } from './terminal.ts';

/** tables/excluded.tsv: subjects and images that the cohort does not use, and why. */
export function excludedTable(cohort: Cohort, hide: (text: string) => string): Table {
  return tableOf(
    ['what', 'reason', 'needs_action'],
    cohort.excluded.map(({ what, reason, isProblem }) => ({
      what: hide(what),
      reason: hide(reason),
      needs_action: isProblem ? 'yes' : 'no',
    })),
  );
}

/** Names those that somebody should see to: a subject that is not used is never hidden. */
export function sayExcluded(cohort: Cohort, hide: (text: string) => string, { error }: Terminal): void {
  const problems = cohort.excluded.filter(({ isProblem }) => isProblem);
  if (problems.length === 0) return;
  error.write(`\nNot usable in this cohort (${problems.length}; tables/excluded.tsv)\n`);
  for (const { what, reason } of problems) error.write(`  ${hide(what)}: ${hide(reason)}\n`);
}
