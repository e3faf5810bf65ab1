import { parseOptions } from '../options/parse.ts';
import type { OptionSpecifications } from '../options/specification.ts';
import { readWhichRun, type WhichRun, whichData } from '../options/whichRun.ts';

/** The options of the stages that only read what a run has written: figures and report. */
export const readingOptions = {
  cohort: { kind: 'text', value: 'NAME|FILE', help: 'The cohort of the run. Default: phantom.' },
  root: {
    kind: 'text',
    value: 'DIR',
    help: 'Where the full-resolution data are; needed only for --show-subjects.',
  },
  out: whichData.out,
  run: { kind: 'text', value: 'NAME', help: 'Name of the run. Default: default.' },
  'show-subjects': {
    kind: 'flag',
    help: 'Also show slices of one subject. Left out otherwise: many data may not be passed on.',
  },
} as const satisfies OptionSpecifications;

export interface ReadingOptions extends WhichRun {
  readonly showSubjects: boolean;
}

/** Reads the command line of the stages figures and report. */
export function readReadingOptions(words: readonly string[]): ReadingOptions {
  const given = parseOptions(words, readingOptions);
  return {
    ...readWhichRun(given, { cohort: 'phantom', run: 'default' }),
    showSubjects: given['show-subjects'] === true,
  };
}
