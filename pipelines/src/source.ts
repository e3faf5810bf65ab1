import { dirname, join, relative } from 'node:path';
import { type Cohort, type CohortDescription, openCohort, readDescription, type Subject } from '@oinr/cohort';
import { UsageError } from '@oinr/errors';
import { formatDuration, hideFolders, RunError } from '@oinr/run';
import { phantomOf } from './config/common.ts';
import { exclusionsInWords } from './excluded.ts';
import { cohortsFolder, workspaceRoot } from './folders.ts';
import type { Terminal } from './terminal.ts';

/** Which cohort a stage works on, as its configuration says. */
export interface SourceConfig {
  /** A name in cohorts/, or a YAML file. */
  readonly cohort: string;
  readonly root?: string;
  /** Where runs are written; the phantom's volumes are made there too. */
  readonly out: string;
  readonly participantLabel?: readonly string[];
  readonly phantomPerGroup?: number;
  readonly phantomVoxelSize?: number;
}

export interface Source {
  readonly cohort: Cohort;
  /** All subjects, also those that --participant-label leaves out: what is prepared once serves everybody. */
  readonly everyone: readonly Subject[];
}

/** The description of the cohort that a configuration names. */
export function describeCohort(cohort: string): Promise<CohortDescription> {
  return readDescription(cohort, cohortsFolder);
}

/**
 * Opens the cohort that a configuration names. The phantom is made first, or found again, and then read like any other.
 *
 * @throws CohortError or CohortUnavailable, which say what is missing and how to get it; RunError without subjects.
 */
export async function openSource(config: SourceConfig, terminal: Terminal): Promise<Source> {
  const description = await describeCohort(config.cohort);
  const phantom = phantomOf(config);
  if (phantom !== undefined && description.layout !== 'phantom') {
    throw new UsageError(
      `The options --phantom-... are for the phantom, but the cohort is ${description.name}.`,
    );
  }
  const { everyone, ...cohort } = await openCohort(description, {
    root: config.root,
    participantLabels: config.participantLabel,
    environment: process.env,
    workFolder: join(config.out, '.phantom'),
    phantom,
    onProgress: sayWhatIsMade(terminal, description),
  });
  if (cohort.subjects.length === 0)
    throw new RunError(
      `The cohort '${cohort.name}' has no subject that can be used.${exclusionsInWords(cohort.excluded)}`,
    );
  return { cohort, everyone };
}

/** Takes out of logs and tables where on the machine data, results and the project lie. */
export function hideMachine({ cohort, everyone }: Source, out: string): (text: string) => string {
  const { root } = cohort;
  // A table may name files anywhere.
  const files = everyone.flatMap(({ image, mask }) => (mask === undefined ? [image] : [image, mask]));
  const elsewhere = files
    .filter((path) => relative(root, path).startsWith('..'))
    .map((path) => dirname(path));
  return hideFolders([...new Set([root, out, workspaceRoot, process.cwd(), ...elsewhere])]);
}

/** Making a cohort takes a while the first time; one line when it begins, and one when it is made. */
function sayWhatIsMade(
  { out }: Terminal,
  { name, layout }: CohortDescription,
): (progress: { done: number; total: number; what: string }) => void {
  const isPhantom = layout === 'phantom';
  let began: number | undefined;
  return ({ done, total, what: made }) => {
    if (began === undefined && done < total) {
      began = performance.now();
      const what = isPhantom
        ? 'Making the phantom cohort'
        : `Making the cohort ${name}: registering scans and inserting the loss`;
      out.write(`${what}, ${total} subjects (once; later runs find it made).\n`);
    }
    // A scan takes a quarter of a minute, a phantom a second.
    if (began !== undefined && !isPhantom) out.write(`  ${made} (${done} of ${total})\n`);
    if (began !== undefined && done === total) {
      out.write(
        `The ${isPhantom ? 'phantom' : 'cohort'} is made, ${formatDuration((performance.now() - began) / 1000)}.\n`,
      );
      began = undefined;
    }
  };
}
