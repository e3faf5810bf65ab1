import { defaultOut, userPath } from '../folders.ts';
import { UsageError } from './parse.ts';
import type { OptionSpecifications } from './specification.ts';

/** Options that mean the same in every stage: which data, and where runs are written. */
export const whichData = {
  root: {
    kind: 'text',
    value: 'DIR',
    help: 'Where the data of the cohort are, when its description does not say so.',
  },
  out: { kind: 'text', value: 'DIR', help: 'Where runs are written. Default: reports/.' },
  'participant-label': {
    kind: 'list',
    value: '01 02 ...',
    help: 'Only these subjects, with or without "sub-". Default: all.',
  },
} as const satisfies OptionSpecifications;

/** The run that a stage works on. */
export interface WhichRun {
  /** A name in cohorts/, or a YAML file. */
  readonly cohort: string;
  /** Where the data are, when the description does not say so. */
  readonly root?: string;
  readonly out: string;
  readonly run: string;
}

interface Given {
  readonly cohort?: string | undefined;
  readonly root?: string | undefined;
  readonly out?: string | undefined;
  readonly run?: string | undefined;
}

/** Fills in what was not given. @throws UsageError for a run that cannot be a folder name. */
export function readWhichRun(given: Given, defaults: { cohort: string; run: string }): WhichRun {
  const run = given.run ?? defaults.run;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(run)) {
    throw new UsageError(
      `--run ${JSON.stringify(run)} cannot be a folder name; use letters, digits, dots, hyphens and underscores.`,
    );
  }
  return {
    cohort: given.cohort ?? defaults.cohort,
    root: given.root === undefined ? undefined : userPath(given.root),
    out: given.out === undefined ? defaultOut : userPath(given.out),
    run,
  };
}

/** The same by the names of the command line, for run.json. Folders stay out of it. */
export function recordedWhichData(
  options: WhichRun & { readonly participants?: readonly string[] },
): Record<string, unknown> {
  return {
    // A description's file name is enough to find it again.
    cohort: options.cohort.split(/[/\\]/).at(-1),
    root: options.root === undefined ? 'as described' : 'given, not recorded',
    run: options.run,
    'participant-label': options.participants ?? 'all',
  };
}
