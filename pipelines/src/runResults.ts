import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDescription } from '@oinr/cohort';
import { RunError, type RunRecord, readRunRecord, type StageRecord, safeJoin } from '@oinr/run';
import { readTsv, type Table } from '@oinr/tables';
import { userPath, workspaceRoot } from './folders.ts';
import { type StageCommands, workspaceCommands } from './stageCommands.ts';
import type { Terminal } from './terminal.ts';

/** What stages wrote into a run folder, read back by later stages with sentences about what is missing. */
export interface RunResults {
  readonly folder: string;
  readonly cohort: string;
  readonly run: string;
  readonly record: RunRecord;
  /** How the reader starts the stages of this run. */
  readonly commands: StageCommands;
}

/** Which stage writes a table, for sentences about its absence. */
const writers: Readonly<Record<string, string>> = {
  mse: 'impute',
  summary: 'impute',
  failures: 'impute',
  excluded: 'impute',
  quality: 'prepare',
  prepare_failures: 'prepare',
};

/**
 * Opens the results of a run. `cohort`: a cohort's name, or the path of its description, whose file name is taken.
 *
 * @throws RunError that names the stage to run first.
 */
export async function openResults(
  out: string,
  cohort: string,
  run: string,
  { commands = workspaceCommands }: Pick<Terminal, 'commands'>,
): Promise<RunResults> {
  const folder = safeJoin(out, cohort, run);
  if (!existsSync(`${folder}/run.json`)) {
    throw new RunError(
      `There is no run '${run}' of cohort '${cohort}' in ${userPath(out)}; run the stage impute first: ${commands.line({ stage: 'impute', cohort, run })}`,
    );
  }
  let record: RunRecord;
  try {
    record = await readRunRecord(folder);
  } catch (error) {
    throw new RunError(`${folder}/run.json is damaged; run the stage impute again.`, { cause: error });
  }
  return { folder, cohort, run, record, commands };
}

/** The command line of a stage for this run. */
export function command(stage: string, { commands, cohort, run }: RunResults): string {
  return commands.line({ stage, cohort, run });
}

/**
 * The record of a stage that has ended, with or without failures of single subjects.
 *
 * @throws RunError where the stage was not run, is running, or was stopped.
 */
export function finishedStage(results: RunResults, stage: string): StageRecord {
  const { run, record } = results;
  const found = record.stages[stage];
  const again = command(stage, results);
  if (found === undefined) {
    throw new RunError(`The stage ${stage} of run '${run}' was not run yet; run it first: ${again}`);
  }
  if (found.status !== 'complete' && found.status !== 'complete with failures') {
    const state =
      found.status === 'running'
        ? 'is still running, or was killed'
        : `ended before it was done (${found.status})`;
    throw new RunError(`The stage ${stage} of run '${run}' ${state}; let it finish first: ${again}`);
  }
  return found;
}

/** A table of the run. @throws RunError that names the stage that writes it. */
export async function readRunTable(results: RunResults, name: string): Promise<Table> {
  const path = safeJoin(results.folder, 'tables', `${name}.tsv`);
  if (!existsSync(path)) {
    const stage = writers[name] ?? 'compare';
    throw new RunError(
      `tables/${name}.tsv is missing in run '${results.run}'; run the stage ${stage} first: ${command(stage, results)}`,
    );
  }
  return readTsv(path);
}

/** The name of a cohort as run folders have it. */
export async function cohortName(cohort: string): Promise<string> {
  const isFile = /[\\/]|\.ya?ml$/i.test(cohort);
  return (await readDescription(isFile ? userPath(cohort) : cohort, join(workspaceRoot, 'cohorts'))).name;
}

/** What impute was told about its subjects: the same ones are compared. */
export function recordedSelection({ record }: RunResults): {
  phantom?: Readonly<Record<string, number>>;
  participants?: readonly string[];
} {
  const recorded = record.stages.impute?.options;
  if (typeof recorded !== 'object' || recorded === null) return {};
  const phantom = 'phantom' in recorded ? recorded.phantom : undefined;
  const labels = 'participant-label' in recorded ? recorded['participant-label'] : undefined;
  return {
    ...(typeof phantom === 'object' && phantom !== null
      ? { phantom: phantom as Record<string, number> }
      : {}),
    ...(Array.isArray(labels) ? { participants: labels.map(String) } : {}),
  };
}
