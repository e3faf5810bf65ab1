export { parseDescription, readDescription } from './description.ts';
export { CohortError, CohortUnavailable } from './errors.ts';
export { safeIdentifier } from './identifier.ts';
export type { OpenOptions } from './openCohort.ts';
export { openCohort } from './openCohort.ts';
export type {
  AdniDownloadSettings,
  MaterialiseSettings,
  Person,
  PhantomAnatomy,
  PhantomGroup,
  PhantomModel,
  PhantomOptions,
  PhantomProgress,
  PhantomRegion,
  PhantomSubject,
  PhantomTruth,
} from './phantom/index.ts';
export {
  makePhantomSubject,
  materialisePhantom,
  phantomBaseFolder,
  phantomOptions,
  phantomRegions,
  phantomTruth,
  preparePhantom,
  readPhantomAnatomy,
  writePhantomAsAdni,
} from './phantom/index.ts';
export type {
  AdniDescription,
  BidsDescription,
  CohortDescription,
  PhantomDescription,
  TableDescription,
} from './schema.ts';
export { cohortJsonSchema } from './schema.ts';
export type { Cohort, Exclusion, Subject } from './subject.ts';
