import { errorMessage, RunError } from '@oinr/run';
import { runStage } from './stages.ts';

// The stages of the project `pipeline`. Exit status: 0; 1 when something failed; 2 for a command that cannot be
// understood; 130 when stopped by Ctrl-C.
const [stage, ...words] = process.argv.slice(2);
try {
  process.exitCode = await runStage(stage, words, { out: process.stdout, error: process.stderr });
} catch (error) {
  const isExpected = error instanceof RunError || !(error instanceof Error) || isSentence(error);
  process.stderr.write(`\n${isExpected ? shown(error) : error.stack}\n`);
  process.exitCode = error instanceof Error && error.name === 'UsageError' ? 2 : 1;
}

/** As it was written: instructions of several lines stay several lines. */
function shown(error: unknown): string {
  return error instanceof Error ? error.message.trim() : errorMessage(error);
}

/** The libs' own errors are sentences for the user; only bugs are shown with where in the code they are. */
function isSentence(error: Error): boolean {
  return !(error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError);
}
