import type { Cohort } from '@oinr/cohort';
import { RunError } from '@oinr/run';

/**
 * The two groups to compare, first minus second: those that are wanted, else those of the cohort.
 *
 * @throws RunError where they are not in the cohort, or where it has not exactly two, with what to do.
 */
export function chooseGroups(
  cohort: Cohort,
  wanted: readonly string[] | undefined,
): readonly [string, string] {
  if (wanted !== undefined) {
    for (const name of wanted) {
      if (!cohort.groups.includes(name)) {
        throw new RunError(
          `The cohort '${cohort.name}' has no group '${name}'; its groups are ${cohort.groups.join(', ')}.`,
        );
      }
    }
    const [first, second] = wanted;
    return [first, second];
  }
  const [first, second] = cohort.groups;
  if (first === undefined || second === undefined) {
    throw new RunError(
      `The cohort '${cohort.name}' has one group only (${cohort.groups.join('')}), so there is nothing to compare. Copy its description from cohorts/, name under groups the column that tells two groups apart (and their labels, where the column has more values), and give the copy: --cohort your.yaml.`,
    );
  }
  if (cohort.groups.length > 2) {
    throw new RunError(
      `The cohort '${cohort.name}' has the groups ${cohort.groups.join(', ')}; say which two to compare, such as --groups ${first} ${second}.`,
    );
  }
  return [first, second];
}
