export type { Cohort, Exclusion, Subject } from './subject.ts';
