import {
  contextOf,
  type Door,
  printCommandLine,
  type StageCall,
  shellWord,
  toolVersion,
} from '@oinr/pipelines';

/** The folders of a BIDS App, in a command that somebody has yet to fill in. */
const places = { data: 'BIDS_DIR', out: 'OUTPUT_DIR' };

/** How each stage is started: the words before its options, with what they say already. */
const starts: Readonly<Record<string, (data: string, out: string) => readonly string[]>> = {
  prepare: (data, out) => ['prepare', '--root', data, '--out', out],
  impute: (data, out) => [data, out, 'participant', '--simulate'],
  compare: (data, out) => [data, out, 'group'],
  study: (data, out) => ['study', '--root', data, '--out', out],
  scans: (_, out) => ['impute', '--out', out],
  train: (data, out) => ['train', '--root', data, '--out', out],
  transfer: (data, out) => ['transfer', '--root', data, '--out', out],
  figures: (_, out) => ['figures', '--out', out],
  paper: (_, out) => ['paper', '--out', out],
  maps: (_, out) => ['compare', '--out', out],
  report: (_, out) => ['report', '--out', out],
};

/** The installed command: stages of a study are its subcommands, and the two levels of the BIDS App. */
export const installedDoor: Door = {
  install: `npm install ./oinr-${toolVersion}.tgz`,
  help: (stage) =>
    stage === 'scans' ? 'oinr impute --help' : stage === 'ttest' ? 'oinr ttest --help' : 'oinr --help',
  command({ config, values }: StageCall): string {
    // Maps made elsewhere need no BIDS folder.
    const stage = config.stage === 'compare' && values.full !== undefined ? 'maps' : config.stage;
    const start = starts[stage];
    if (start === undefined) throw new Error(`The command oinr cannot start the stage ${config.stage}.`);
    const { root, out, ...others } = values;
    const data = typeof root === 'string' ? root : places.data;
    // A report needs the data only where it shows them; the cohort is bids unless another is named.
    const shown = {
      ...others,
      cohort: others.cohort === 'bids' ? undefined : others.cohort,
      root: config.stage === 'report' ? root : undefined,
    };
    const words = [
      ...start(data, typeof out === 'string' ? out : places.out),
      ...printCommandLine(config, shown),
    ].map(shellWord);
    return ['npx oinr', ...words].join(' ');
  },
};

/** Where the command speaks. */
export const context = contextOf({ out: process.stdout, error: process.stderr }, installedDoor);
