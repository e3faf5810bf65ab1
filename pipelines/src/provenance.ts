import { readFileSync } from 'node:fs';
import { describeMachine, gitCommit, type JobPlan, packageVersions } from '@oinr/run';
import { reportedPackages } from './codeVersion.ts';

/** The version of the tool: that of the package this file is in. */
export const toolVersion: string = JSON.parse(
  readFileSync(`${import.meta.dirname}/../package.json`, 'utf8'),
).version;

export interface ProvenanceRequest {
  /** Resolved options by the names of the command line; no folders, which would tell who works where. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly executor: string;
  readonly seed: number;
  readonly jobs: JobPlan;
  readonly code: string;
  /** How the cohort's groups and images were chosen. */
  readonly notes?: readonly string[];
}

/** What run.json says so that a run can be understood and repeated: nothing that names the machine or its user. */
export function provenance({
  options,
  executor,
  seed,
  jobs,
  code,
  notes = [],
}: ProvenanceRequest): Record<string, unknown> {
  return {
    options,
    engine: executor,
    seed,
    jobs: jobs.jobs,
    threadsPerJob: jobs.threadsPerJob,
    oinr: toolVersion,
    machine: describeMachine(),
    versions: packageVersions(reportedPackages, import.meta.url),
    commit: gitCommit(import.meta.dirname) ?? null,
    code,
    ...(notes.length === 0 ? {} : { cohortNotes: notes }),
  };
}
