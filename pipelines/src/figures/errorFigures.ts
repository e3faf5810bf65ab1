import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ErrorRow, errorCurves, predictionPlot } from '@oinr/figures';
import { errorsInIntensities, readPredicted } from '@oinr/imputation';
import { derivativePath } from '@oinr/run';
import { type CellValue, parseNumber, type Table, tableOf } from '@oinr/tables';
import { derivativesFolder, descLabel } from '../simulate/derivativeNames.ts';
import { methodColors } from '../simulate/methods.ts';
import type { RunFigure } from './runFigure.ts';

/** MSE against the share of missing slices for every method; inside the mask where the run has one. */
export function errorCurveFigure(mse: Table, scale: string): RunFigure {
  const masked = mse.rows.some((row) => parseNumber(row.mse_missing_mask) !== undefined);
  const column = masked ? 'mse_missing_mask' : 'mse_missing';
  const rows = mse.rows.flatMap((row): ErrorRow[] => {
    const value = parseNumber(row[column]);
    const percent = parseNumber(row.missing_percent);
    return value === undefined || percent === undefined
      ? []
      : [{ method: row.method, missingPercent: percent, mse: value }];
  });
  const place = masked ? 'missing slices inside the mask' : 'missing slices';
  return {
    id: 'error-curves',
    part: 'errors',
    caption: `Mean squared error of every method against the share of missing slices (${place}; ${scale}). Lines: means over subjects; bars: from the best to the worst subject.`,
    svg: errorCurves({
      title: 'Error against the share of missing slices',
      description: `One line per method; ${place}.`,
      rows,
      measure: `${scale}, ${place}`,
      colors: methodColors,
    }),
    sources: ['tables/mse.tsv'],
  };
}

const predictedColumns = [
  'participant_id',
  'method',
  'k',
  'missing_percent',
  'chosen',
  'predicted_mse',
  'true_mse',
] as const;

/**
 * tables/predicted.tsv: the error that `auto` predicted for every method on held-out in-plane lines, beside the true
 * one (mse_missing_mask), both on the run's intensity scale: methods see intensities that were divided by it already.
 * Undefined where `auto` was not among the methods.
 */
export async function predictedTable(mse: Table, runFolder: string): Promise<Table | undefined> {
  const records: Record<string, CellValue>[] = [];
  for (const row of mse.rows.filter(({ method }) => method === 'auto')) {
    const every = parseNumber(row.k);
    if (every === undefined) continue;
    const subject = row.participant_id.replace(/^sub-/, '');
    const path = derivativePath(derivativesFolder(runFolder), {
      subject,
      desc: descLabel('auto', every),
      suffix: 'T1w',
    });
    if (!existsSync(`${path}.json`)) continue;
    const sidecar: unknown = JSON.parse(await readFile(`${path}.json`, 'utf8'));
    const details = detailsOf(sidecar);
    const predicted = readPredicted(details);
    if (predicted === undefined) continue;
    for (const [method, error] of Object.entries(errorsInIntensities(predicted))) {
      const truth = mse.rows.find(
        (other) =>
          other.participant_id === row.participant_id && other.k === row.k && other.method === method,
      );
      records.push({
        participant_id: row.participant_id,
        method,
        k: row.k,
        missing_percent: row.missing_percent,
        chosen: String(details.chosen ?? 'n/a'),
        predicted_mse: error,
        true_mse: truth?.mse_missing_mask,
      });
    }
  }
  return records.length === 0 ? undefined : tableOf(predictedColumns, records);
}

function detailsOf(sidecar: unknown): Readonly<Record<string, unknown>> {
  if (typeof sidecar !== 'object' || sidecar === null || !('Details' in sidecar)) return {};
  const { Details: details } = sidecar;
  return typeof details === 'object' && details !== null ? (details as Record<string, unknown>) : {};
}

/** Predicted against true error of `auto`; undefined where no pair of both exists. */
export function predictedFigure(table: Table, scale: string): RunFigure | undefined {
  const rows = table.rows.flatMap((row) => {
    const predicted = parseNumber(row.predicted_mse);
    const actual = parseNumber(row.true_mse);
    const missingPercent = parseNumber(row.missing_percent);
    return predicted === undefined || actual === undefined || missingPercent === undefined
      ? []
      : [{ method: row.method, missingPercent, predicted, actual }];
  });
  if (rows.length === 0) return undefined;
  return {
    id: 'predicted-errors',
    part: 'errors',
    caption:
      'The error that auto predicts without truth, from lines held out inside kept slices, against the true error over missing slices inside the mask. One point per subject, method and percentage.',
    svg: predictionPlot({
      title: 'Predicted against true error',
      description: 'Points near the dashed line are predicted well.',
      rows,
      measure: scale,
      colors: methodColors,
    }),
    sources: ['tables/predicted.tsv', 'tables/mse.tsv'],
  };
}
