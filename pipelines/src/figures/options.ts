import { defaultOut, userPath } from '../folders.ts';
import { parseOptions } from '../options/parse.ts';
import type { OptionSpecifications } from '../options/specification.ts';

/** The options of the stages that only read what a run has written: figures and report. */
export const readingOptions = {
  cohort: { kind: 'text', value: 'NAME|FILE', help: 'The cohort of the run. Default: phantom.' },
  root: {
    kind: 'text',
    value: 'DIR',
    help: 'Where the full-resolution data are; needed only for --show-subjects.',
  },
  out: { kind: 'text', value: 'DIR', help: 'Where runs are written. Default: reports/.' },
  run: { kind: 'text', value: 'NAME', help: 'Name of the run. Default: default.' },
  'show-subjects': {
    kind: 'flag',
    help: 'Also show slices of one subject. Left out otherwise: many data may not be passed on.',
  },
} as const satisfies OptionSpecifications;

export interface ReadingOptions {
  readonly cohort: string;
  readonly root?: string;
  readonly out: string;
  readonly run: string;
  readonly showSubjects: boolean;
}

/** Reads the command line of the stages figures and report. */
export function readReadingOptions(words: readonly string[]): ReadingOptions {
  const given = parseOptions(words, readingOptions);
  return {
    cohort: given.cohort ?? 'phantom',
    root: given.root === undefined ? undefined : userPath(given.root),
    out: given.out === undefined ? defaultOut : userPath(given.out),
    run: given.run ?? 'default',
    showSubjects: given['show-subjects'] === true,
  };
}
