import { type OutputFolder, relativePath, writeJson } from '@oinr/run';
import { compareConfig } from '../compare/config.ts';
import { command, openResults } from '../runResults.ts';
import type { StageContext } from '../stageContext.ts';
import type { StageResult } from '../stageEnd.ts';
import { draftTable } from '../tables/draftTable.ts';
import { writeIntoRun } from '../writeIntoRun.ts';
import type { ReadingConfig } from './config.ts';
import { draftFigure } from './draftFigure.ts';
import { type Drawing, drawFigures, isCompared } from './draw.ts';

/**
 * The stage `figures`: the paper's figures and tables from what a run has written, as SVG and PNG. The same run gives
 * the same bytes.
 */
export async function figures(config: ReadingConfig, { terminal, door }: StageContext): Promise<StageResult> {
  const results = await openResults(config, door);
  const drawing = await writeIntoRun(results, 'figures', terminal, async (folder) => {
    const drawn = await drawFigures(results, config, terminal);
    await draftDrawing(folder, drawn);
    return drawn;
  });
  const shown = relativePath(process.cwd(), results.folder);
  terminal.out.write(`${drawing.figures.length} figures as SVG and PNG in ${shown}/figures/\n`);
  if (!isCompared(results)) {
    terminal.out.write(
      `The groups have not been compared yet, so figures of statistics are left out; for them run first: ${command(compareConfig, results)}\n`,
    );
  }
  return { status: 'complete' };
}

/** Figures as SVG and PNG, a list of them with captions and sources, and the tables that belong to them. */
export async function draftDrawing(folder: OutputFolder, { figures, tables }: Drawing): Promise<void> {
  for (const { id, svg } of figures) await draftFigure(folder, id, svg);
  await writeJson(
    folder.draft('figures', 'figures.json'),
    figures.map(({ id, caption, sources }) => ({ id, caption, sources })),
  );
  for (const [name, table] of Object.entries(tables)) await draftTable(folder, name, table);
}
