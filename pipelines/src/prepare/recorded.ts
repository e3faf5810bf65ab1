import { RunError } from '@oinr/run';
import type { AnyStageConfig } from '../config/stageConfig.ts';
import { command, finishedStage, type RunResults } from '../runResults.ts';
import { simulateConfig } from '../simulate/config.ts';
import { prepareConfig } from './config.ts';
import type { CommonSpace } from './files.ts';
import type { PreparationRecord } from './words.ts';

/**
 * What the stage prepare has recorded of a run; undefined where it was not run.
 *
 * @throws RunError where it has not ended well.
 */
export function recordedPreparation(results: RunResults): PreparationRecord | undefined {
  if (results.record.stages.prepare === undefined) return undefined;
  const { images, ...stage } = finishedStage(results, prepareConfig);
  if (images === 'registered' || images === 'as they are') return { ...stage, images };
  throw new RunError(
    `run.json of run '${results.run}' does not say what the stage prepare did; run it again: ${command(prepareConfig, results)}`,
  );
}

/**
 * The common space that the volumes of a run were taken to; undefined where they are compared on the grid that they
 * were imputed on.
 *
 * @throws RunError where something was imputed since, so that it is not in the common space yet.
 */
export function commonSpaceOf(results: RunResults): CommonSpace | undefined {
  const preparation = recordedPreparation(results);
  if (preparation === undefined || preparation.images === 'as they are') return undefined;
  const { space, spacing } = preparation;
  const again = command(prepareConfig, results);
  if (typeof space !== 'string' || typeof spacing !== 'number') {
    throw new RunError(
      `run.json of run '${results.run}' does not name the space of the prepared scans; run the stage prepare again: ${again}`,
    );
  }
  // Times are ISO 8601 in UTC, whose order is that of the text. One stage at a time writes to a run.
  const ended = (config: AnyStageConfig): string => String(finishedStage(results, config).ended);
  if (ended(prepareConfig) < ended(simulateConfig)) {
    throw new RunError(
      `The scans of run '${results.run}' were registered, but the stage impute ended after that, so what it has written is not in the common space yet. Run the stage prepare again; it takes the imputed volumes there through the transforms that it has kept: ${again}`,
    );
  }
  return { runFolder: results.folder, space, spacing };
}
