import { UsageError } from '@oinr/errors';
import { exitStatus } from '@oinr/run';
import { clusterRequest } from './cluster/request.ts';
import { parseCommandLine } from './config/commandLine.ts';
import { didYouMean } from './config/nearest.ts';
import { helpText } from './help.ts';
import { refuseRawData } from './rawData.ts';
import type { StageContext } from './stageContext.ts';
import { lastWords } from './stageEnd.ts';
import { isStageName, loadStage, stageNames } from './stages.ts';

/**
 * Runs a stage with the words of a command line and returns its exit status. `--help` among them shows its help,
 * `--dry-run` what would be done, with `--quiet` only what went wrong is said, and `--cluster` submits it to a cluster.
 *
 * @throws UsageError for a stage that does not exist or words that cannot be understood, and what the stage throws.
 */
export async function runStage(
  name: string | undefined,
  words: readonly string[],
  context: StageContext,
): Promise<number> {
  const { out } = context.terminal;
  if (name === undefined || name === 'help' || name === '--help') {
    const asked = words.filter((word) => !word.startsWith('-'));
    for (const word of asked) if (!isStageName(word)) throw noSuchStage(word);
    const texts =
      asked.length === 0 ? [await helpText()] : await Promise.all(asked.filter(isStageName).map(helpText));
    out.write(`${texts.join('\n\n')}\n`);
    return 0;
  }
  if (!isStageName(name)) throw noSuchStage(name);
  if (words.includes('--help')) {
    out.write(`${await helpText(name)}\n`);
    return 0;
  }
  const { config, run } = await loadStage(name);
  const isQuiet = words.includes('--quiet');
  const { own, cluster } = clusterRequest(words.filter((word) => word !== '--quiet' && word !== '--dry-run'));
  const asked = parseCommandLine(config, own, context.door.help(name));
  await refuseRawData(asked);
  if (words.includes('--dry-run')) {
    const { dryRun } = await import('./dryRun.ts');
    await dryRun(config, asked, context);
    return 0;
  }
  if (cluster !== undefined) {
    const { submit } = await import('./cluster/submit.ts');
    await submit(config, asked, cluster, context.terminal);
    return 0;
  }
  const result = await run(asked, isQuiet ? quietly(context) : context);
  if (result.status !== 'complete') context.terminal.error.write(`${lastWords(result)}\n`);
  return exitStatus(result.status);
}

/** Only what goes wrong is told; progress and results are in the files. */
function quietly(context: StageContext): StageContext {
  const { terminal } = context;
  return { ...context, isQuiet: true, terminal: { ...terminal, out: { write: () => true } } };
}

function noSuchStage(name: string): UsageError {
  const known = [...stageNames, 'help'];
  return new UsageError(
    `There is no stage ${JSON.stringify(name)}; choose among ${known.join(', ')}.${didYouMean(name, known)}`,
  );
}
