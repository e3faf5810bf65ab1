import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Cohort, type CohortDescription, openCohort, readDescription } from '@oinr/cohort';
import { RunError } from '@oinr/run';
import { userPath, workspaceRoot } from './folders.ts';
import { UsageError } from './options/parse.ts';

/** Which cohort a stage works on, as its options say. */
export interface SourceOptions {
  /** A name in cohorts/, or a YAML file. */
  readonly cohort: string;
  readonly root?: string;
  /** Where runs are written; the phantom's volumes are made there too. */
  readonly out: string;
  readonly participants?: readonly string[];
  /** Options of the phantom that go before those of its description. */
  readonly phantom?: Readonly<Record<string, number>>;
}

export interface Source {
  readonly cohort: Cohort;
  /** The folder relative to which the cohort's files are named in sidecars and messages. */
  readonly root: string;
}

/**
 * Opens the cohort that the options name. The phantom is made first, or found again, and then read like any other.
 *
 * @throws CohortError or CohortUnavailable, which say what is missing and how to get it; RunError without subjects.
 */
export async function openSource(options: SourceOptions): Promise<Source> {
  const isFile = /[\\/]|\.ya?ml$/i.test(options.cohort);
  const named = isFile ? userPath(options.cohort) : options.cohort;
  const description = await readDescription(named, join(workspaceRoot, 'cohorts'));
  if (options.phantom !== undefined && description.layout !== 'phantom') {
    throw new UsageError(
      `The options --phantom-... are for the phantom, but the cohort is ${description.name}.`,
    );
  }
  const workFolder = join(options.out, '.phantom');
  const cohort = await openCohort(description, {
    root: options.root,
    participantLabels: options.participants,
    environment: process.env,
    workFolder,
    phantom: options.phantom,
  });
  if (cohort.subjects.length === 0) {
    const reasons = cohort.excluded.slice(0, 5).map(({ what, reason }) => `\n  ${what} ${reason}`);
    throw new RunError(`The cohort '${cohort.name}' has no subject that can be used.${reasons.join('')}`);
  }
  return { cohort, root: rootOf(description, options, cohort, workFolder) };
}

/** The same folder that openCohort has read, in the same order of precedence. */
function rootOf(
  description: CohortDescription,
  { root }: SourceOptions,
  { subjects }: Cohort,
  workFolder: string,
): string {
  if (description.layout === 'phantom') {
    // The phantom is one folder, named by its options' fingerprint, in the work folder.
    const [made = ''] = relative(workFolder, subjects[0]?.image ?? workFolder).split(sep);
    return join(workFolder, made);
  }
  const variable =
    description.root_variable === undefined ? undefined : process.env[description.root_variable];
  const folder =
    root ?? (variable ? resolve(variable) : resolve(dirname(description.file), description.root ?? '.'));
  return /\.(tsv|csv)$/i.test(folder) ? dirname(folder) : folder;
}
