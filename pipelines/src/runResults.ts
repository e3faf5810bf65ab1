import { existsSync } from 'node:fs';
import { isOver, RunError, type RunRecord, readRunRecord, type StageRecord, safeJoin } from '@oinr/run';
import { readTsv, type Table } from '@oinr/tables';
import { compareConfig } from './compare/config.ts';
import { type Recorded, readRecord, withPlaceholders } from './config/record.ts';
import type { AnyStageConfig } from './config/stageConfig.ts';
import type { Door } from './door.ts';
import { isDescriptionFile } from './folders.ts';
import { prepareConfig } from './prepare/config.ts';
import { simulateConfig } from './simulate/config.ts';
import { describeCohort } from './source.ts';
import { toolVersion } from './toolVersion.ts';

/** What stages wrote into a run folder, read back by later stages with sentences about what is missing. */
export interface RunResults {
  readonly folder: string;
  readonly cohort: string;
  /** The cohort as it was asked for: its name, or the file of its description. */
  readonly asked: string;
  readonly run: string;
  /** Where runs are written, and where the data are, as somebody said. */
  readonly out: string;
  readonly root?: string;
  readonly record: RunRecord;
  /** How the reader starts the stages of this run. */
  readonly door: Door;
}

/** Which stage writes a table that compare does not write, for sentences about its absence. */
const writers: Readonly<Record<string, AnyStageConfig>> = {
  mse: simulateConfig,
  summary: simulateConfig,
  failures: simulateConfig,
  excluded: simulateConfig,
  cross_fit: simulateConfig,
  filled: simulateConfig,
  quality: prepareConfig,
  prepare_failures: prepareConfig,
};

/**
 * Opens the results of a run.
 *
 * @throws RunError that names the stage to run first.
 */
export async function openResults(
  config: { readonly out: string; readonly cohort: string; readonly run: string; readonly root?: string },
  door: Door,
): Promise<RunResults> {
  const { out, cohort, run, root } = config;
  const name = await cohortName(cohort, out);
  const folder = safeJoin(out, name, run);
  const first = door.command({
    config: simulateConfig,
    values: { cohort: isDescriptionFile(cohort) ? cohort : name, run, out, root },
  });
  if (!existsSync(`${folder}/run.json`)) {
    throw new RunError(
      `There is no run '${run}' of cohort '${name}' in ${out}; run the stage impute first: ${first}`,
    );
  }
  let record: RunRecord;
  try {
    record = await readRunRecord(folder);
  } catch (error) {
    throw new RunError(`${folder}/run.json is damaged; run the stage impute again: ${first}`, {
      cause: error,
    });
  }
  return { folder, cohort: name, asked: cohort, run, out, root, record, door };
}

/**
 * The name of a cohort as run folders have it: its description's own. A cohort that has runs in `out` needs no
 * description, as maps that were made elsewhere have none.
 */
async function cohortName(cohort: string, out: string): Promise<string> {
  try {
    return (await describeCohort(cohort)).name;
  } catch (error) {
    if (!isDescriptionFile(cohort) && existsSync(safeJoin(out, cohort))) return cohort;
    throw error;
  }
}

/** Whether the run compared maps that were made elsewhere, so that nothing was imputed in it. */
export function isOfMaps({ record: { stages } }: RunResults): boolean {
  return stages.impute === undefined && stages.compare !== undefined;
}

/** The command line of a stage for this run, with the folders that were named, and what else should be said. */
export function command(
  config: AnyStageConfig,
  results: RunResults,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const { door, cohort, asked, run, out, root } = results;
  const named = isDescriptionFile(asked) ? asked : cohort;
  return door.command({
    config,
    values: { ...ofMaps(config, results), cohort: named, run, out, root, ...more },
  });
}

/** Where maps were compared, the command that did it has no cohort but folders, which only its reader knows. */
function ofMaps(config: AnyStageConfig, results: RunResults): Readonly<Record<string, unknown>> {
  if (!isOfMaps(results) || config.stage !== compareConfig.stage) return {};
  const recorded = readRecord(config, results.record.stages.compare?.config);
  return recorded === undefined ? {} : withPlaceholders(config, recorded);
}

/**
 * The record of a stage that has ended, with or without failures of single subjects.
 *
 * @throws RunError where the stage was not run, is running, or was stopped.
 */
export function finishedStage(results: RunResults, config: AnyStageConfig): StageRecord {
  const { run } = results;
  const { stage } = config;
  const { found, again } = begunStage(results, config);
  if (!isOver(found.status)) {
    const state =
      found.status === 'running'
        ? 'is still running, or was killed'
        : `ended before it was done (${found.status})`;
    throw new RunError(`The stage ${stage} of run '${run}' ${state}; let it finish first: ${again}`);
  }
  return found;
}

/** The record of a stage that was run, however it ended, and the command that runs it again. */
function begunStage(
  results: RunResults,
  config: AnyStageConfig,
): { readonly found: StageRecord; readonly again: string } {
  const found = results.record.stages[config.stage];
  const again = command(config, results);
  if (found === undefined)
    throw new RunError(
      `The stage ${config.stage} of run '${results.run}' was not run yet; run it first: ${again}`,
    );
  return { found, again };
}

/**
 * What a stage of this run was told, by the schema that wrote it.
 *
 * @throws RunError where the stage was not run, or by a version of the program that recorded something else.
 */
export function recordedConfig<Config extends AnyStageConfig>(
  results: RunResults,
  config: Config,
): Recorded<Config> {
  const { run } = results;
  const { stage } = config;
  const { found, again } = begunStage(results, config);
  const read = readRecord(config, found.config);
  if (read === undefined)
    throw new RunError(
      `run.json of run '${run}' was written by another version of oinr${typeof found.oinr === 'string' ? ` (${found.oinr})` : ''}, and what the stage ${stage} was told then cannot be read by this one (${toolVersion}). Run the stage again in this run with the options that it had (run.json, stages, ${stage}, options), or choose another --run: ${again}`,
    );
  return read;
}

/** A table of the run. @throws RunError that names the stage that writes it. */
export async function readRunTable(results: RunResults, name: string): Promise<Table> {
  const path = safeJoin(results.folder, 'tables', `${name}.tsv`);
  if (!existsSync(path)) {
    const writer = writers[name] ?? compareConfig;
    throw new RunError(
      `tables/${name}.tsv is missing in run '${results.run}'; run the stage ${writer.stage} first: ${command(writer, results)}`,
    );
  }
  const table = await readTsv(path);
  if (table.columns.includes('false_discovery_rate')) {
    const writer = writers[name] ?? compareConfig;
    throw new RunError(
      `tables/${name}.tsv in run '${results.run}' was written by an earlier version: its column false_discovery_rate is called one_minus_precision now. Run the stage ${writer.stage} again: ${command(writer, results)}`,
    );
  }
  return table;
}

/** A table of the run that not every run has. */
export async function readOptionalTable(results: RunResults, name: string): Promise<Table | undefined> {
  const path = safeJoin(results.folder, 'tables', `${name}.tsv`);
  return existsSync(path) ? readTsv(path) : undefined;
}

/** Which subjects the simulation took: the same ones are compared and shown. */
export function recordedSelection(results: RunResults) {
  const { participantLabel, phantomPerGroup, phantomVoxelSize } = recordedConfig(results, simulateConfig);
  return { participantLabel, phantomPerGroup, phantomVoxelSize };
}
