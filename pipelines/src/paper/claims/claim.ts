import type { ExperimentName } from '../experimentNames.ts';
import type { Cell, Measured } from './measured.ts';

/** What can be said of a claim of the paper. */
export type Verdict = 'holds' | 'holds with a change' | 'does not hold here' | 'cannot be checked here';

/** Words, and between them cells of the experiment's table. */
export type Evidence = readonly (string | ShownCell)[];

export interface ShownCell extends Cell {
  readonly column: 'value' | 'cpu_seconds' | 'step';
  readonly format: 'integer' | 'one' | 'two' | 'three' | 'scientific';
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** What the paper says, and by what rule it is judged from the table of an experiment. */
export interface Claim {
  /** In the paper: `Table 1, Figs 3 and 11`. */
  readonly where: string;
  /** In our words. */
  readonly says: string;
  /** How the verdict follows from the table, in a sentence. */
  readonly rule: string;
  /** Absent: nothing here measures it. */
  readonly experiment?: ExperimentName;
  /** undefined where the table lacks the rows that the rule asks for. */
  readonly judge?: (measured: Measured) => Judgement | undefined;
}

/** What nothing here can measure, and why. */
export function notCheckable(where: string, says: string, why: string): Claim {
  return { where, says, rule: why };
}

export const decibels = (cell: Cell): ShownCell => ({ ...cell, column: 'value', format: 'two' });
export const share = (cell: Cell): ShownCell => ({ ...cell, column: 'value', format: 'three' });
export const seconds = (cell: Cell): ShownCell => ({ ...cell, column: 'cpu_seconds', format: 'one' });
export const steps = (cell: Cell): ShownCell => ({ ...cell, column: 'step', format: 'integer' });
