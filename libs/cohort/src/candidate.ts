import type { Exclusion } from './subject.ts';

/** What a layout found for one participant, before groups and exclusions are applied. */
export interface Candidate {
  /** The participant as the data name it. */
  readonly participant: string;
  readonly image: string;
  /** How an exclusion names this scan; by the participant where left out. */
  readonly label?: string;
  /** Value of the group column; `undefined` when there is none (n/a), or when the layout has no groups. */
  readonly groupValue: string | undefined;
  /** Why there is no group value, where the layout can say more than that: a predicate for the participant. */
  readonly noGroup?: string;
  readonly session?: string;
  /** Path of the mask, where the layout's table names it. */
  readonly mask?: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** An exclusion that remembers its participant, so that --participant-label can select. */
export interface Finding extends Exclusion {
  readonly participant?: string;
}

/** All that a layout found. */
export interface LayoutResult {
  readonly candidates: readonly Candidate[];
  readonly findings: readonly Finding[];
  /** False when everyone is in one group. */
  readonly hasGroups: boolean;
  /** See Cohort.notes. */
  readonly notes?: readonly string[];
}
