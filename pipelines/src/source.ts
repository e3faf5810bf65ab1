import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Cohort, type CohortDescription, openCohort, readDescription, type Subject } from '@oinr/cohort';
import { formatDuration, hideFolders, RunError } from '@oinr/run';
import { userPath, workspaceRoot } from './folders.ts';
import { UsageError } from './options/parse.ts';
import type { Terminal } from './terminal.ts';

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
  /** All subjects, also those that --participant-label leaves out: what is prepared once serves everybody. */
  readonly everyone: readonly Subject[];
  /** The folder relative to which the cohort's files are named in sidecars and messages. */
  readonly root: string;
}

/**
 * Opens the cohort that the options name. The phantom is made first, or found again, and then read like any other.
 *
 * @throws CohortError or CohortUnavailable, which say what is missing and how to get it; RunError without subjects.
 */
export async function openSource(options: SourceOptions, terminal: Terminal): Promise<Source> {
  const isFile = /[\\/]|\.ya?ml$/i.test(options.cohort);
  const named = isFile ? userPath(options.cohort) : options.cohort;
  const description = await readDescription(named, join(workspaceRoot, 'cohorts'));
  if (options.phantom !== undefined && description.layout !== 'phantom') {
    throw new UsageError(
      `The options --phantom-... are for the phantom, but the cohort is ${description.name}.`,
    );
  }
  const workFolder = join(options.out, '.phantom');
  const where = {
    root: options.root,
    environment: process.env,
    workFolder,
    phantom: options.phantom,
    onProgress: sayWhatIsMade(terminal),
  };
  const whole = await openCohort(description, where);
  const participantLabels = options.participants;
  const cohort =
    participantLabels === undefined ? whole : await openCohort(description, { ...where, participantLabels });
  if (cohort.subjects.length === 0) {
    const reasons = cohort.excluded.slice(0, 5).map(({ what, reason }) => `\n  ${what} ${reason}`);
    throw new RunError(`The cohort '${cohort.name}' has no subject that can be used.${reasons.join('')}`);
  }
  return { cohort, everyone: whole.subjects, root: rootOf(description, options, cohort, workFolder) };
}

/** Takes out of logs and tables where on the machine data, results and the project lie. */
export function hideMachine({ root, everyone }: Source, out: string): (text: string) => string {
  // A table may name files anywhere.
  const files = everyone.flatMap(({ image, mask }) => (mask === undefined ? [image] : [image, mask]));
  const elsewhere = files
    .filter((path) => relative(root, path).startsWith('..'))
    .map((path) => dirname(path));
  return hideFolders([...new Set([root, out, workspaceRoot, process.cwd(), ...elsewhere])]);
}

/** Making the phantom takes a minute the first time; one line when it begins, and one when it is made. */
function sayWhatIsMade({ out }: Terminal): (progress: { done: number; total: number }) => void {
  let began: number | undefined;
  return ({ done, total }) => {
    if (began === undefined && done < total) {
      began = performance.now();
      out.write(`Making the phantom cohort, ${total} subjects (once; later runs find it made).\n`);
    }
    if (began !== undefined && done === total) {
      out.write(`The phantom is made, ${formatDuration((performance.now() - began) / 1000)}.\n`);
      began = undefined;
    }
  };
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
