export { parseDescription, readDescription } from './description.ts';
export { CohortError, CohortUnavailable } from './errors.ts';
export { safeIdentifier } from './identifier.ts';
export type { OpenOptions } from './openCohort.ts';
export { openCohort } from './openCohort.ts';
export type {
  AdniDescription,
  BidsDescription,
  CohortDescription,
  PhantomDescription,
  TableDescription,
} from './schema.ts';
export { cohortJsonSchema } from './schema.ts';
export type { Cohort, Exclusion, Subject } from './subject.ts';
