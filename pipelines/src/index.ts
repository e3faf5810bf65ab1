// What apps use. Stages and the tables of their options load when they are asked for: their libraries take a second.
export { nearest } from './options/nearest.ts';
export { UsageError } from './options/parse.ts';
export { toolVersion } from './provenance.ts';
export type { StageCall, StageCommands } from './stageCommands.ts';
export { runStage } from './stages.ts';
export type { Terminal } from './terminal.ts';

/** The options of a stage for the help of the command `oinr`, without those that the command sets itself. */
export async function describeStage(
  stage: 'scans' | 'prepare' | 'impute' | 'group' | 'report',
  without: readonly string[] = [],
): Promise<string> {
  return (await import('./commandOptions.ts')).describeStageOptions(stage, without);
}
