import { type TransferPoint, transferCurves } from '@oinr/figures';
import type { RunFolder } from '@oinr/run';
import { parseNumber, type Table } from '@oinr/tables';
import { draftFigure } from '../figures/draftFigure.ts';
import { methodColors } from '../simulate/methods.ts';
import { allDistances } from './tables.ts';

/**
 * figures/transfer-<smoothing>mm as SVG and PNG: what comes through by distance to the nearest kept slice, from
 * tables/transfer.tsv, one figure for each smoothing. A smoothing of which nothing was measured has none.
 */
export async function writeTransferFigures(folder: RunFolder, table: Table): Promise<void> {
  for (const [smoothing, rows] of Map.groupBy(table.rows, ({ smooth_mm }) => smooth_mm)) {
    const points = rows.flatMap(pointOf);
    if (points.length === 0) continue;
    const svg = transferCurves({
      title: `What comes through of an implanted loss, smoothed by ${smoothing} mm`,
      description: spoken(rows),
      points,
      colors: methodColors,
    });
    await draftFigure(folder, `transfer-${smoothing}mm`, svg);
  }
}

type Row = Table['rows'][number];

/** A row of one distance; those of all distances together are no points. */
function pointOf(row: Row): TransferPoint[] {
  if (row.distance_mm === allDistances) return [];
  const missingPercent = parseNumber(row.missing_percent);
  const size = parseNumber(row.size_mm);
  const distance = parseNumber(row.distance_mm);
  const transfer = parseNumber(row.transfer);
  if (missingPercent === undefined || size === undefined || distance === undefined || transfer === undefined)
    return [];
  return [
    { method: row.method, missingPercent, size, distance, transfer, deviation: parseNumber(row.transfer_sd) },
  ];
}

/** The means over all distances, for those who cannot see the curves. */
function spoken(rows: readonly Row[]): string {
  const means = rows
    .filter((row) => row.distance_mm === allDistances && parseNumber(row.transfer) !== undefined)
    .map(
      (row) =>
        `${row.method}, ${row.missing_percent} % missing, ${row.size_mm} mm: ${parseNumber(row.transfer)?.toFixed(2)}`,
    );
  return `Share of the loss that is left by distance to the nearest kept slice. Means over all distances: ${means.join('; ')}.`;
}
