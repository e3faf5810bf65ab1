import { nearest, toolVersion } from '@oinr/pipelines';
import { bidsAppHelp, bidsAppUsage, isBidsApp, runBidsApp } from './bidsApp.ts';
import { errorMessage, isUsageError } from './errors.ts';
import { imputeCommand, prepareCommand, reportCommand } from './stageCommands.ts';
import { ttestCommand } from './ttestCommand.ts';

/** A subcommand: takes the arguments after its name and returns the exit code. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  help(): string | Promise<string>;
  run(args: readonly string[]): Promise<number>;
}

/** Every subcommand; a new one is a file of its own and a line here. */
const commands: readonly Command[] = [prepareCommand, imputeCommand, ttestCommand, reportCommand];

const help = `oinr: missing slices of T1 brain scans, and what imputing them does to a group study

  oinr COMMAND [options]
  ${bidsAppUsage}

Commands
${commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

Examples
  oinr prepare --root /data/study --out /data/study/derivatives/oinr
  oinr impute scan.nii.gz --spacing 1 --out out
  oinr /data/clinic /data/clinic/derivatives/oinr participant --spacing 1
  oinr ttest --participants participants.tsv --images DIR --mask mask.nii.gz --groups CN AD --out out

oinr COMMAND --help explains a command, oinr BIDS_DIR OUTPUT_DIR participant --help the BIDS App; oinr --version.
`;

/** Runs the command line; returns the exit code: 0 done, 1 failed, 2 not understood, 130 stopped by Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`oinr ${toolVersion}\n`);
    return 0;
  }
  const wantsHelp = rest.includes('--help') || rest.includes('-h');
  const command = commands.find((one) => one.name === name);
  if (command === undefined && !isBidsApp(args)) {
    const guess = nearest(name, [...commands.map((one) => one.name), 'help']);
    process.stderr.write(
      `oinr has no command ${name}; it has ${commands.map((one) => one.name).join(', ')}.` +
        `${guess === undefined ? '' : ` Did you mean ${guess}?`} As a BIDS App: ${bidsAppUsage}\n`,
    );
    return 2;
  }
  if (wantsHelp) {
    process.stdout.write(await (command?.help() ?? bidsAppHelp()));
    return 0;
  }
  try {
    return await (command?.run(rest) ?? runBidsApp(args));
  } catch (error) {
    process.stderr.write(`${command === undefined ? 'oinr' : `oinr ${name}`}: ${errorMessage(error)}\n`);
    return isUsageError(error) ? 2 : 1;
  }
}
