// What apps use. Stages and the tables of their options load when they are asked for: their libraries take a second.
export { printCommandLine } from './config/commandLine.ts';
export { didYouMean } from './config/nearest.ts';
export { shellWord } from './config/shell.ts';
export type { Door, StageCall } from './door.ts';
export { prepareProcess } from './process.ts';
export { runStage } from './runStage.ts';
export { contextOf } from './stageContext.ts';
export type { StageName } from './stages.ts';
export { toolVersion } from './toolVersion.ts';

import type { StageName } from './stages.ts';

/** The options of a stage for the help of the command `oinr`, without those, by their keys, that the command sets itself. */
export async function describeStage(stage: StageName, without: readonly string[] = []): Promise<string> {
  const [{ describeOptions }, { loadStage }] = await Promise.all([
    import('./config/help.ts'),
    import('./stages.ts'),
  ]);
  return describeOptions((await loadStage(stage)).config, without);
}

/** The options of a stage by their names on a command line, with their values where these are a list, for completion. */
export async function optionsOf(
  stage: StageName,
): Promise<{ readonly name: string; readonly choices?: readonly string[] }[]> {
  const [{ optionName }, { loadStage }] = await Promise.all([
    import('./config/stageConfig.ts'),
    import('./stages.ts'),
  ]);
  const { options, operand } = (await loadStage(stage)).config;
  return Object.entries(options)
    .filter(([key]) => key !== operand)
    .map(([key, { choices }]) => ({ name: optionName(key), choices }));
}
