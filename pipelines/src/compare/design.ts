import type { Subject } from '@oinr/cohort';
import { type Connectivity, resolveDesign, type TwoGroupDesign } from '@oinr/statistics';
import { type Adjustments, type ClusterThreshold, clusterFormingT, designOf } from '@oinr/ttest';

/** What voxels form clusters: those beyond this T, of either sign, that are neighbours. */
export interface ClusterForming {
  readonly threshold: number;
  readonly connectivity: Connectivity;
}

/** Clusters are voxels above the T whose one-sided parametric p is this, where nothing else is asked for. */
const usualThreshold: ClusterThreshold = { kind: 'p', value: 0.001 };

export function clusterForming(
  { threshold = usualThreshold, connectivity }: { threshold?: ClusterThreshold; connectivity: Connectivity },
  degreesOfFreedom: number,
): ClusterForming {
  return { threshold: clusterFormingT(threshold, degreesOfFreedom), connectivity };
}

/**
 * The design of a comparison of a cohort's subjects, whose further columns are covariates and blocks.
 *
 * @throws RequestError that names column and subject; DesignError where no test can be computed from the design.
 */
export function cohortDesign(
  cohort: string,
  subjects: readonly Subject[],
  [first]: readonly [string, string],
  adjustments: Adjustments,
): { readonly design: TwoGroupDesign; readonly notes: readonly string[] } {
  const people = {
    table: `The participants table of the cohort '${cohort}'`,
    // Rows of several tables may be joined, so that not every subject has every column.
    columns: [...new Set(subjects.flatMap(({ columns }) => Object.keys(columns)))],
    rows: subjects.map(({ columns }) => columns),
    names: subjects.map(({ id }) => id),
    labels: Uint8Array.from(subjects, ({ group }) => (group === first ? 1 : 0)),
  };
  const found = designOf(people, adjustments);
  resolveDesign(found.design);
  return found;
}
