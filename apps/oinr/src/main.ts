import { errorMessage, UsageError } from './errors.ts';
import { ttestCommand } from './ttestCommand.ts';

/** A subcommand: takes the arguments after its name and returns the exit code. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[]): Promise<number>;
}

/** Every subcommand; a new one is a file of its own and a line here. */
const commands: readonly Command[] = [ttestCommand];

const help = `oinr COMMAND [options]

Commands
${commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

oinr COMMAND --help explains a command.
`;

/** Runs the command line; returns the exit code: 0 done, 1 failed, 2 not understood, 130 stopped by Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    process.stderr.write(
      `oinr has no command ${name}; it has ${commands.map((one) => one.name).join(', ')}.\n`,
    );
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.help);
    return 0;
  }
  try {
    return await command.run(rest);
  } catch (error) {
    process.stderr.write(`oinr ${name}: ${errorMessage(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
