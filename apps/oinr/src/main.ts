import { errorReport, UsageError } from '@oinr/errors';
import { didYouMean, prepareProcess, runStage, toolVersion } from '@oinr/pipelines';
import { bidsAppHelp, bidsAppStage, bidsAppUsage, isBidsApp } from './bidsApp.ts';
import type { Command, StageWords } from './command.ts';
import { completionName, completionScript } from './completion.ts';
import { context } from './door.ts';
import {
  compareCommand,
  imputeCommand,
  paperCommand,
  planCommand,
  prepareCommand,
  reportCommand,
  simulateCommand,
  studyCommand,
  trainCommand,
  ttestCommand,
} from './stageCommands.ts';
import { view, viewHelp, viewName, viewSummary } from './view.ts';

/** Every subcommand; a new one is a file of its own and a line here. */
const commands: readonly Command[] = [
  prepareCommand,
  imputeCommand,
  planCommand,
  studyCommand,
  simulateCommand,
  ttestCommand,
  compareCommand,
  reportCommand,
  trainCommand,
  paperCommand,
];

const help = `oinr: fill in missing slices of T1-weighted MRI, and test whether your group result survives

  oinr COMMAND [options]
  ${bidsAppUsage}

Commands
${[...commands, { name: viewName, summary: viewSummary }].map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

Examples
  oinr prepare --root /data/study --out /data/study/derivatives/oinr
  oinr impute scan.nii.gz --spacing 1 --out out
  oinr /data/clinic /data/clinic/derivatives/oinr participant --spacing 1
  oinr plan clinical.nii.gz --study /data/study
  oinr ttest --participants participants.tsv --images DIR --mask mask.nii.gz --groups CN AD --out out

Every command takes --dry-run (say what would be read and done, and stop) and --quiet (say only what went wrong).
oinr COMMAND --help explains a command, oinr BIDS_DIR OUTPUT_DIR participant --help the BIDS App; oinr --version.
Completion by the Tab key in bash or zsh: eval "$(oinr completion)" in ~/.bashrc or ~/.zshrc.
`;

/** The stage that a command line means: that of its subcommand, or of the level of the BIDS App. */
export function stageOf(args: readonly string[]): StageWords {
  const [name, ...rest] = args;
  return commands.find((one) => one.name === name)?.stage(rest) ?? bidsAppStage(args);
}

/** Runs the command line; returns the exit code: 0 done, 1 failed, 2 not understood, 130 stopped by Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  prepareProcess();
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`oinr ${toolVersion}\n`);
    return 0;
  }
  if (name === completionName) {
    process.stdout.write(await completionScript(commands));
    return 0;
  }
  const wantsHelp = rest.includes('--help') || rest.includes('-h');
  const command = commands.find((one) => one.name === name);
  if (command === undefined && name !== viewName && !isBidsApp(args)) {
    const names = [...commands.map((one) => one.name), viewName, completionName];
    process.stderr.write(
      `oinr has no command ${name}; it has ${names.join(', ')}.` +
        `${didYouMean(name, [...names, 'help'])} As a BIDS App: ${bidsAppUsage}\n`,
    );
    return 2;
  }
  if (wantsHelp) {
    process.stdout.write(name === viewName ? viewHelp : await (command?.help() ?? bidsAppHelp()));
    return 0;
  }
  try {
    if (name === viewName) return await view(rest, (text) => process.stdout.write(text));
    const { stage, words } = stageOf(args);
    return await runStage(stage, words, context);
  } catch (error) {
    process.stderr.write(
      `${command === undefined && name !== viewName ? 'oinr' : `oinr ${name}`}: ${errorReport(error)}\n`,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}
