import { errorReport, UsageError } from '@oinr/errors';
import { prepareProcess } from './process.ts';
import { runStage } from './runStage.ts';
import { contextOf } from './stageContext.ts';

// The stages of the project `pipeline`. Exit status: 0; 1 when something failed; 2 for a command that cannot be
// understood; 130 when stopped by Ctrl-C.
prepareProcess();
const [stage, ...words] = process.argv.slice(2);
try {
  process.exitCode = await runStage(stage, words, contextOf({ out: process.stdout, error: process.stderr }));
} catch (error) {
  process.stderr.write(`\n${errorReport(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
