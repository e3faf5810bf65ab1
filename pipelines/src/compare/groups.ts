import type { Cohort } from '@oinr/cohort';
import { RunError } from '@oinr/run';
import { firstOf, groupingColumnInWords, groupingColumns } from '@oinr/tables';

/**
 * The two groups to compare, first minus second: those that are wanted, else those of the cohort. `commandWith` is the
 * command that compares two groups, as somebody would type it.
 *
 * @throws RunError where they are not in the cohort, or where it has not exactly two, with what to do.
 */
export function chooseGroups(
  cohort: Cohort,
  wanted: readonly string[] | undefined,
  commandWith: (groups: readonly string[]) => string,
): readonly [string, string] {
  if (wanted !== undefined) {
    const unknown = wanted.find((name) => !cohort.groups.includes(name));
    if (unknown !== undefined)
      throw new RunError(
        `The cohort '${cohort.name}' has no group '${unknown}'; its groups are ${firstOf(cohort.groups.map(quoted))}.`,
      );
    const [first, second] = wanted;
    return [first, second];
  }
  const [first, second] = cohort.groups;
  if (first === undefined || second === undefined)
    throw new RunError(
      `The cohort '${cohort.name}' has one group only (${cohort.groups.join('')}), so there is nothing to compare. ${possibleGroups(cohort)}Copy its description from cohorts/, name under groups the column that tells two groups apart (and their labels, where the column has more values), and give the copy: --cohort your.yaml.`,
    );
  if (cohort.groups.length > 2)
    throw new RunError(
      `The cohort '${cohort.name}' has the groups ${firstOf(cohort.groups.map(quoted))}; say which two to compare, the first minus the second, such as: ${commandWith([first, second])}`,
    );
  return [first, second];
}

/** The columns of the table by which people could be told apart. */
function possibleGroups({ subjects }: Cohort): string {
  const rows = subjects.map(({ columns }) => columns);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const possible = groupingColumns({ columns, rows });
  if (possible.length > 0)
    return `Columns of its table that could be groups: ${firstOf(possible.map(groupingColumnInWords))}. `;
  return columns.length === 0
    ? 'Its subjects have no table with columns. '
    : `No column of its table has a few values in several rows; it has ${firstOf(columns)}. `;
}

/** Names may hold blanks and commas. */
const quoted = (name: string): string => `'${name}'`;
