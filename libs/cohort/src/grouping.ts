import { CohortError } from './errors.ts';
import { compareNaturally } from './folders.ts';

/** How the values of a group column become the cohort's groups. */
export interface GroupRule {
  /** Group names in order, each with its values; `undefined` takes the values themselves, alphabetically. */
  readonly labels?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly ignore: readonly string[];
}

/** The name of the only group of a cohort without groups. */
export const everyone = 'all';

/** The groups of a cohort and which value belongs to which. */
export interface Grouping {
  readonly groups: readonly string[];
  /** The group of a value; `ignored` for values left out on purpose, `undefined` for unknown ones. */
  readonly groupOf: (value: string) => { group: string } | 'ignored' | undefined;
}

/**
 * Applies a rule to the values that occur. Throws a CohortError, which names the description's file, for a value that
 * two groups claim or that is ignored as well.
 */
export function makeGrouping(rule: GroupRule, values: readonly string[], file: string): Grouping {
  const ignored = new Set(rule.ignore);
  if (rule.labels === undefined) {
    const groups = [...new Set(values)].filter((value) => !ignored.has(value)).sort(compareNaturally);
    const known = new Set(groups);
    return {
      groups,
      groupOf: (value) => (ignored.has(value) ? 'ignored' : known.has(value) ? { group: value } : undefined),
    };
  }
  const refusal = (fault: string) => new CohortError(`${file} does not describe a cohort: groups: ${fault}.`);
  const owner = new Map<string, string>();
  for (const [group, members] of Object.entries(rule.labels)) {
    for (const member of members) {
      const other = owner.get(member);
      if (other !== undefined && other !== group) {
        throw refusal(`the value '${member}' belongs to both ${other} and ${group}`);
      }
      if (ignored.has(member)) throw refusal(`the value '${member}' of ${group} is also ignored`);
      owner.set(member, group);
    }
  }
  return {
    groups: Object.keys(rule.labels),
    groupOf: (value) => {
      const group = owner.get(value);
      return group !== undefined ? { group } : ignored.has(value) ? 'ignored' : undefined;
    },
  };
}
