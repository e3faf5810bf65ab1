import { RunError } from '@oinr/run';
import type { Table } from '@oinr/tables';
import { compareConfig } from '../compare/config.ts';
import {
  command,
  finishedStage,
  isOfMaps,
  type RunResults,
  readOptionalTable,
  readRunTable,
  recordedConfig,
} from '../runResults.ts';
import { simulateConfig } from '../simulate/config.ts';
import type { Terminal } from '../terminal.ts';
import { comparisonFigures } from './comparisonFigures.ts';
import { readComparison } from './comparisonTables.ts';
import type { ReadingConfig } from './config.ts';
import { errorCurveFigure, predictedFigure, predictedTable } from './errorFigures.ts';
import { joiningFigure } from './joiningFigure.ts';
import { table3Figure, table3Table } from './paperTable3.ts';
import type { RunFigure } from './runFigure.ts';
import { subjectFigures } from './subjectFigure.ts';

/** What is drawn of a run. */
export interface Drawing {
  readonly figures: readonly RunFigure[];
  /** Tables that only figures and report need, by name. */
  readonly tables: Readonly<Record<string, Table>>;
}

/** Draws every figure that the run has the results for. */
export async function drawFigures(
  results: RunResults,
  config: ReadingConfig,
  terminal: Terminal,
): Promise<Drawing> {
  if (isOfMaps(results)) {
    finishedStage(results, compareConfig);
    return { figures: await figuresOfComparison(results), tables: {} };
  }
  finishedStage(results, simulateConfig);
  const mse = await readRunTable(results, 'mse');
  const scale = mseScale(results);
  const table3 = table3Table(await readRunTable(results, 'summary'));
  const figures = [table3Figure(table3, scale), errorCurveFigure(mse, scale)];
  const predicted = await predictedTable(mse, results.folder);
  const figure = predicted && predictedFigure(predicted, scale);
  if (figure !== undefined) figures.push(figure);
  if (isCompared(results)) figures.push(...(await figuresOfComparison(results)));
  if (config.showSubjects) figures.push(...(await subjectFigures(results, config, mse, terminal)));
  return { figures, tables: { table3, ...(predicted === undefined ? {} : { predicted }) } };
}

async function figuresOfComparison(results: RunResults): Promise<RunFigure[]> {
  const joining = joiningFigure(
    await readOptionalTable(results, 'power'),
    await readOptionalTable(results, 'worth'),
  );
  return [
    ...(joining === undefined ? [] : [joining]),
    ...(await comparisonFigures(results.folder, await readComparison(results))),
  ];
}

/**
 * Whether the compare stage has ended; figures and report can do without it and say so.
 *
 * @throws RunError where volumes were imputed after the comparison, so that old and new numbers would be mixed.
 */
export function isCompared(results: RunResults): boolean {
  const { run, record } = results;
  const { impute, compare } = record.stages;
  if (compare?.status !== 'complete') return false;
  if (impute !== undefined && String(compare.ended) < String(impute.ended)) {
    throw new RunError(
      `The stage impute of run '${run}' ended after its stage compare; run compare again, it tests only what has changed: ${command(compareConfig, results)}`,
    );
  }
  return true;
}

/** What an MSE of this run is of, in words. */
export function mseScale(results: RunResults): string {
  const { scale } = recordedConfig(results, simulateConfig);
  return scale !== undefined
    ? `(stored value / ${scale})\u00b2`
    : '(intensity / 99.5th percentile inside the mask)\u00b2';
}
