import { statSync } from 'node:fs';
import { UsageError } from '@oinr/errors';
import { describeStage, didYouMean } from '@oinr/pipelines';
import type { StageWords } from './command.ts';

const levels = ['participant', 'group'];
/** Set from the two folders and the names that BIDS Apps use. */
const setHere = ['cohort', 'root', 'out', 'jobs'];

/** `oinr BIDS_DIR OUTPUT_DIR participant|group`, the command line that BIDS Apps share. */
export const bidsAppUsage = 'oinr BIDS_DIR OUTPUT_DIR participant|group [options]';

/** What `oinr BIDS_DIR OUTPUT_DIR LEVEL --help` prints. */
export async function bidsAppHelp(): Promise<string> {
  return `oinr as a BIDS App

  ${bidsAppUsage}

participant   brings every T1w scan, which has few slices, to a finer spacing; with --simulate, --missing, --k or
              --slice-distance instead drops slices of full-resolution scans, imputes them by every method and measures the errors
group         after participant --simulate: t-tests on full and imputed data, agreement, and the report

Options of every level
  --participant-label 01 02 ...   only these participants (participant level)
  --n-cpus N                      scans at once, or threads of the test
  --skip-bids-validation          take a folder without dataset_description.json all the same

Options of participant
${await describeStage('scans', [...setHere, 'participantLabel', 'skipBidsValidation'])}

Options of participant --simulate
${await describeStage('impute', [...setHere, 'participantLabel', 'whole', 'phantomPerGroup', 'phantomVoxelSize'])}

Options of group
${await describeStage('group', setHere)}

Examples
  oinr /data/clinic /data/clinic/derivatives/oinr participant --spacing 1
  oinr /data/study /data/study/derivatives/oinr participant --missing 50 66 75 --n-cpus 8
  oinr /data/study /data/study/derivatives/oinr group --smooth 6
`;
}

/** Whether the words are meant for the BIDS App: two folders and a level, or what was probably a level. */
export function isBidsApp(args: readonly string[]): boolean {
  const [, output, level] = args;
  return output !== undefined && level !== undefined && !output.startsWith('-') && !level.startsWith('-');
}

/**
 * The stage that a level means.
 *
 * @throws UsageError for a level that does not exist or a folder that is not there.
 */
export function bidsAppStage(args: readonly string[]): StageWords {
  const [source = '', output = '', level = '', ...rest] = args;
  if (!levels.includes(level)) {
    throw new UsageError(
      `The third word is the level, participant or group, but was ${JSON.stringify(level)}.${didYouMean(level, levels)}`,
    );
  }
  if (!statSync(source, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${source} is not a folder; a BIDS folder was expected: ${bidsAppUsage}.`);
  const words = rest.map(stageWord);
  const has = (name: string): boolean => words.some((word) => word === name || word.startsWith(`${name}=`));
  if (level === 'participant' && !['--simulate', '--missing', '--k', '--slice-distance'].some(has))
    return { stage: 'scans', words: [source, '--out', output, ...words] };
  const own = words.filter((word) => word !== '--simulate' && word !== '--skip-bids-validation');
  const cohort = has('--cohort') ? [] : ['--cohort', 'bids'];
  const folders = ['--root', source, '--out', output];
  return { stage: level === 'group' ? 'group' : 'impute', words: [...cohort, ...folders, ...own] };
}

/** BIDS Apps write options with hyphens or underscores, and name the number of processors in one way. */
function stageWord(word: string): string {
  const match = /^--([^=]+)(=.*)?$/.exec(word);
  if (match === null) return word;
  const name = (match[1] ?? '').replaceAll('_', '-');
  return `--${name === 'n-cpus' ? 'jobs' : name}${match[2] ?? ''}`;
}
