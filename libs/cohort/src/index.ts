export { anyT1w, findBidsScans } from './bidsScans.ts';
export type { Candidate, Finding, LayoutResult } from './candidate.ts';
export { readDescription } from './description.ts';
export type { CohortDescription, Layout } from './layout.ts';
export { openCohort } from './openCohort.ts';
export type { OpenOptions } from './openOptions.ts';
export { phantomBaseFolder } from './phantom/index.ts';
export { readSidecar } from './sidecar.ts';
export type { Cohort, Exclusion, Subject } from './subject.ts';
