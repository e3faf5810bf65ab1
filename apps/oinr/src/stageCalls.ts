import { type StageCall, type StageCommands, toolVersion } from '@oinr/pipelines';

/** How the installed command starts the stages of a study: its subcommands, and the two levels of the BIDS App. */
export const installedCommands: StageCommands = {
  install: `npm install ./oinr-${toolVersion}.tgz`,
  line({ stage, cohort, run, root, words = [] }: StageCall): string {
    const data = root ?? 'BIDS_DIR';
    const start: Readonly<Record<string, readonly string[]>> = {
      prepare: ['prepare', '--root', data, '--out', 'OUTPUT_DIR'],
      impute: [data, 'OUTPUT_DIR', 'participant', '--simulate'],
      compare: [data, 'OUTPUT_DIR', 'group'],
      report: ['report', '--out', 'OUTPUT_DIR', ...(root === undefined ? [] : ['--root', root])],
    };
    const own = start[stage];
    if (own === undefined) throw new RangeError(`The command oinr cannot start the stage ${stage}.`);
    const named = [
      ...(cohort === 'bids' ? [] : ['--cohort', cohort]),
      ...(run === 'default' ? [] : ['--run', run]),
    ];
    return ['npx oinr', ...own, ...named, ...words].join(' ');
  },
};

/** Where the command speaks. */
export const terminal = { out: process.stdout, error: process.stderr, commands: installedCommands };
