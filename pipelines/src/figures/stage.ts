import { renderPng } from '@oinr/figures';
import { writeFileAtomic } from '@oinr/files';
import { relativePath, type StageStatus, safeJoin, writeJson } from '@oinr/run';
import { compareConfig } from '../compare/config.ts';
import { command, openResults, type RunResults } from '../runResults.ts';
import type { StageContext } from '../stageContext.ts';
import type { ReadingConfig } from './config.ts';
import { drawFigures, isCompared } from './draw.ts';
import type { RunFigure } from './runFigure.ts';

/**
 * The stage `figures`: the paper's figures and tables from what a run has written, as SVG and PNG. The same run gives
 * the same bytes.
 */
export async function figures(
  config: ReadingConfig,
  { terminal, door }: StageContext,
): Promise<{ readonly status: StageStatus }> {
  const results = await openResults(config, door);
  const drawn = await drawFigures(results, config, terminal);
  await writeFigures(results, drawn);
  const shown = relativePath(process.cwd(), results.folder);
  terminal.out.write(`${drawn.length} figures as SVG and PNG in ${shown}/figures/\n`);
  if (!isCompared(results)) {
    terminal.out.write(
      `The groups have not been compared yet, so figures of statistics are left out; for them run first: ${command(compareConfig, results)}\n`,
    );
  }
  return { status: 'complete' };
}

/** Writes every figure as SVG and PNG, and a list of them with captions and sources. */
export async function writeFigures(results: RunResults, drawn: readonly RunFigure[]): Promise<void> {
  for (const { id, svg } of drawn) {
    await writeFileAtomic(safeJoin(results.folder, 'figures', `${id}.svg`), `${svg}\n`);
    await writeFileAtomic(safeJoin(results.folder, 'figures', `${id}.png`), renderPng(svg));
  }
  await writeJson(
    safeJoin(results.folder, 'figures', 'figures.json'),
    drawn.map(({ id, caption, sources }) => ({ id, caption, sources })),
  );
}
