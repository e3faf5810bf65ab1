import { parseCommandLine } from '../../src/config/commandLine.ts';
import type { AnyStageConfig } from '../../src/config/stageConfig.ts';
import { loadStage, type StageName } from '../../src/stages.ts';

/** What can be said to a stage. */
export async function stageConfigOf(stage: StageName): Promise<AnyStageConfig> {
  return (await loadStage(stage)).config;
}

/** The configuration that words mean to a stage. */
export async function configOf(
  stage: StageName,
  words: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  return parseCommandLine(await stageConfigOf(stage), words);
}
